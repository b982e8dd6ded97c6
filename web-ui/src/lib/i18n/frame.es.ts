// Decides the words around every screen in Spanish.
import type { frame as english } from './frame.en'

export const frame: typeof english = {
  more: 'Más',
  lost: 'En esta dirección no hay ninguna página (o ya no). Esto es Hoy.',
  tooLong: (letters) => (letters === 1 ? 'Sobra una letra para que quepa aquí. Todo sigue en el campo.' : `Sobran ${letters} letras para que quepa aquí. Todo sigue en el campo.`),
  stranded: {
    title: 'Hay palabras tuyas que no se han podido poner donde las escribiste',
    gone: 'El documento en el que las escribiste ya no está aquí: se borró o ya no se comparte contigo. Esperan en este navegador hasta que decidas.',
    refused: 'No se admitieron donde las escribiste. Esperan en este navegador hasta que decidas.',
    words: 'Las palabras',
    open: 'Abrir el documento',
    keep: 'Guardarlas como notas nuevas',
    letGo: 'Desecharlas…',
    letGoSure: 'Después ya no están, y nadie puede recuperarlas.',
    letGoYes: 'Desecharlas',
  },
}
