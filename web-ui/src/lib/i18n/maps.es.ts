// Decides the words of maps of rooms, in Spanish, without guessing anybody's gender.
import type { maps as english } from './maps.en'

export const maps: typeof english = {
  title: 'Plano de asientos',
  about: 'Para todo instrumento que usa un plano de asientos. Lo veis ambas partes; las notas empiezan con él y guardan su propia copia.',
  draw: 'Dibujar el plano del aula',
  change: 'Cambiar el plano',
  seats: (count) => (count === 1 ? '1 asiento' : `${count} asientos`),
  put: 'Ponerlo en el plan',
  takeOut: 'Quitarlo del plan',
  use: (name) => `Usar «${name}»`,
  usePlanned: 'Usar el plano del plan',
  drawRows: 'Dibujar de nuevo estas filas',
  addSeat: 'Un asiento más',
  nudge: { left: 'A la izquierda', up: 'Hacia la pizarra', down: 'Hacia el fondo', right: 'A la derecha' },
  kept: 'Planos que guardas',
  keep: 'Guardar este plano',
  keepAs: 'Cómo lo llamas',
  keepHint: 'Por ejemplo: Aula 12. Los planos que guardas solo los ves tú; el de un plan lo ven las personas de esa visita.',
  keptNow: (name) => `«${name}» queda guardado.`,
  forget: 'Dejar de guardarlo',
  forgetWhich: (name) => `Dejar de guardar: ${name}`,
}
