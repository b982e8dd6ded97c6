// Decides the words of looking at a goal and of dropping in by a protocol, in Spanish, without guessing anybody's gender.
import type { running as english } from './running.en'

export const running: typeof english = {
  notNow: 'Ahora no',
  done: 'Hecho',
  goal: {
    about: 'Un cuarto de hora con la meta, a solas o con quien la lee: qué muestran los datos, qué se aprendió, qué cambia.',
    open: 'Mirarla ahora',
    below: 'Lo que encuentres se anota abajo, en «Cómo va».',
    next: '¿Cuándo la volvemos a mirar?',
    nextDo: 'Ponerlo entre las acciones',
    nextText: 'Volver a mirar esta meta',
    nextSaid: (day) => `Está entre las acciones, para el ${day}.`,
  },
  dropIn: {
    about: 'Diez minutos para una sola idea, y una línea de gracias.',
    open: 'Entrar un rato',
    thank: (names) => `Escribir a ${names} una línea de gracias`,
    tried: 'Algo que voy a probar',
    triedHint: 'Solo para ti…',
    mine: 'Solo tú ves esto. También está en «Reflexionar».',
  },
}
