// Decides the words of what is quietly suggested, in Spanish.
import type { quiet as english } from './quiet.en'

export const quiet: typeof english = {
  later: {
    title: (names) => `Hace unos días visitaste a ${names}`,
    about: '¿Qué hay ya de ello en tus propias clases? Solo tú ves esto, y lo que escribas.',
    open: 'Mirar atrás',
    away: 'Ahora no',
    heading: 'Unos días después',
    ask: '¿Qué has probado de todo esto? ¿Qué salió de ello, y qué dirías ya de otra manera? Escríbelo abajo, donde corresponda.',
  },
  invite: 'Invitar a alguien a verlo',
  inviteWhich: (what) => `Invitar a alguien a ver: ${what}`,
  gentle: {
    title: 'Si te apetece',
    talk: (name) => `Cuéntale a ${name} cómo fue una clase, en el diario que compartís.`,
    share: (name, goal) => `Deja que ${name} lea tu meta «${goal}» y diga al lado lo que piensa.`,
    visit: (name) => `Mira una clase de ${name}: diez minutos ya son una visita.`,
    host: (name) => `Invita a ${name} a una clase tuya, con una pregunta que elijas tú.`,
    do: { talk: 'Abrir el diario', share: 'Abrir la meta', visit: 'Pedir una visita', host: 'Invitar a mi clase' },
  },
}
