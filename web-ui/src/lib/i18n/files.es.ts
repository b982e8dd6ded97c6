// Decides the words of taking documents out of Rounds and bringing them in, in Spanish.
import type { files as english } from './files.en'

export const files: typeof english = {
  take: 'Llevarse una copia',
  takeAbout: 'Un archivo para ti. Quien lo tenga puede leerlo.',
  formats: {
    html: 'Una hoja para imprimir',
    md: 'Texto',
    json: 'Datos, para programas',
    automerge: 'Todo, con su historia',
  },
  formatsAbout: {
    html: 'se abre en cualquier navegador',
    md: 'Markdown, se abre en cualquier editor',
    json: 'en JSON',
    automerge: 'un archivo de Automerge; contiene también lo que se borró',
  },
  print: 'Imprimir',
  printAbout: 'lo que muestra esta pantalla',
  taking: 'Espera un momento…',
  taken: (name) => `Guardado como «${name}», donde tu navegador guarda las descargas.`,

  bring: 'Traer un archivo',
  bringAbout: 'Un archivo que Rounds guardó como datos o entero se convierte en un documento nuevo, solo tuyo. Nadie más puede leerlo hasta que lo compartas.',
  choose: 'Elegir un archivo',
  looking: 'Leyéndolo…',
  what: (kind, title) => (title ? `${kind}: ${title}` : kind),
  becomes: (was, becomes) => `Contenía «${was}», que no puede empezar de nuevo. Se convierte en «${becomes}».`,
  others: (names) => `También hay palabras de ${names}: se conservan con el nombre al lado; nada se firma por nadie.`,
  leftOutTitle: 'Lo que no viene',
  leftOut: {
    history: 'su historia, y quién podía leerlo',
    comments: 'comentarios sobre palabras que no están en sus textos',
    links: 'enlaces a una visita o una meta que no está aquí',
    answers: 'lo que otras personas respondieron, marcaron o acordaron: solo ellas pueden',
    unreadable: 'partes que no se han podido leer',
    unknown: 'partes que esta versión de Rounds no conoce',
  },
  bringYes: 'Traerlo',
  brought: 'Ya está aquí, y es solo tuyo.',
  open: 'Abrirlo',
  refusals: {
    bad_request: 'Esto no es un archivo que Rounds haya guardado como datos o entero, o está dañado.',
    conflict: 'Lo escribió un Rounds más nuevo. Actualiza Rounds para traerlo.',
    too_large: 'Este archivo es mayor que cualquiera que escriba Rounds.',
  },
  rates: (why) => `Contiene un instrumento que no se puede traer. ${why}`,
  because: (why) => `No se ha traído, y el archivo sigue como estaba. ${why}`,
}
