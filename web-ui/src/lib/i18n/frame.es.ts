// Decides the words around every screen in Spanish.
import type { frame as english } from './frame.en'

export const frame: typeof english = {
  more: 'Más',
  stranded: {
    title: 'Hay palabras tuyas que no tienen adónde ir',
    gone: 'El documento en el que las escribiste ya no está aquí: se borró o ya no se comparte contigo. Esperan en este navegador hasta que decidas.',
    refused: 'No se admitieron donde las escribiste. Esperan en este navegador hasta que decidas.',
    words: 'Las palabras',
    open: 'Abrir el documento',
    keep: 'Guardarlas como notas nuevas',
    letGo: 'Desecharlas…',
    letGoSure: 'Después estas palabras ya no están en ninguna parte.',
    letGoYes: 'Desecharlas',
  },
}
