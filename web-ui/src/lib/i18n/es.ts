// Decides every word of the page in Spanish, without guessing anybody's gender.
import type { Messages } from './en'
import { cards } from './cards.es'
import { doors } from './doors.es'
import { disk, failures, obstacles } from './failures.es'
import { files } from './files.es'
import { frame } from './frame.es'
import { growth } from './growth.es'
import { instruments } from './instruments.es'
import { lessons } from './lessons.es'
import { maps } from './maps.es'
import { observing } from './observing.es'
import { pair, partnership, people } from './people.es'
import { quiet } from './quiet.es'
import { reasons } from './reasons.es'
import { running } from './running.es'
import { shelf } from './shelf.es'
import { strategies } from './strategies.es'
import { tablet } from './tablet.es'
import { timetable } from './timetable.es'
import { visiting } from './visiting.es'
import { propose, visits } from './visits.es'
import { comments, document, editor, history, sharing } from './writing.es'

const things = (count: number): string => (count === 1 ? '1 cosa' : `${count} cosas`)
const listed = new Intl.ListFormat('es', { type: 'conjunction' })
const list = (names: string[]): string => listed.format(names)

export const es: Messages = {
  language: 'es',
  languageName: 'Español',
  name: 'Rounds',
  skip: 'Ir a la página',
  cancel: 'Cancelar',
  goBack: 'Volver',
  close: 'Cerrar',
  list,
  others: (count) => `${count} personas más`,
  you: 'Tú',

  nav: {
    label: 'Principal',
    today: 'Hoy',
    visits: 'Visitas',
    growth: 'Crecer',
    people: 'Personas',
    search: 'Buscar',
    settings: 'Ajustes',
    here: 'Aquí ahora',
  },

  greeting: {
    morning: (name) => (name ? `Buenos días, ${name}` : 'Buenos días'),
    afternoon: (name) => (name ? `Buenas tardes, ${name}` : 'Buenas tardes'),
    evening: (name) => (name ? `Buenas noches, ${name}` : 'Buenas noches'),
  },

  kinds: {
    profile: 'Perfil',
    binder: 'Carpeta',
    partnership: 'Pareja de visitas',
    visit: 'Visita',
    note_set: 'Notas',
    released_notes: 'Notas entregadas',
    debrief: 'Conversación',
    mirror: 'Mirada atrás',
    goal: 'Meta',
    goal_feedback: 'Aportaciones',
    try_log: 'Lo que probé',
    open_door: 'Puerta abierta',
    strategy_card: 'Tarjeta de estrategia',
    vocabulary: 'Vocabulario',
    instrument: 'Instrumento',
    timetable: 'Mi horario',
    free_periods: 'Horas libres',
    success_card: 'Tarjeta de lo que salió bien',
    shown_card: 'Tarjeta de lo que salió bien',
    resource: 'Recurso',
  },

  welcome: {
    title: '¿Cómo quieres que te llamen tus colegas?',
    about: 'Tus colegas ven este nombre cuando vinculáis vuestros ordenadores. Puedes cambiarlo más tarde.',
    label: 'Tu nombre',
    submit: 'Empezar',
    promises: [
      'Lo que escribes vive en este ordenador y en los de las personas con quienes lo compartes. En ningún otro sitio.',
      'Nadie ve nada hasta que lo compartes con su nombre. No hay cuentas ni nadie que administre.',
      'Funciona sin internet. Cuando vuestros ordenadores se encuentran, lo compartido se pone al día.',
    ],
  },

  today: {
    title: 'Hoy',
    documents: 'Lo que escribes',
    propose: 'Proponer una visita',
    notes: 'Notas nuevas',
    empty: 'Aquí no hay nada todavía',
    emptyPaired: 'Propón una visita a otra persona, o empieza unas notas para ti.',
    emptyAlone: 'Empieza unas notas, o planea en Visitas una visita a tu aula: es solo tuya hasta que invites a alguien cuyo ordenador hayas vinculado con el tuyo.',
    pair: 'Vincular tu ordenador con el de tu colega',
    more: 'Mostrar más',
    unread: 'nuevo',
    justYou: 'Solo tú',
    with: (names) => `con ${names}`,
    untitled: (kind, names) => (names ? `${kind} con ${names}` : kind),
    next: 'Lo siguiente',
    talkWith: (names) => `Conversación con ${names}`,
    wonders: (names) => `${names} se pregunta:`,
    youWonder: 'Te preguntas:',
    talkAt: (when, place) => (place ? `conversación: ${when}, ${place}` : `conversación: ${when}`),
    openPlan: 'Abrir el plan',
    openNotes: 'Abrir tus notas',
    openDebrief: 'Abrir la conversación',
    waiting: 'Te espera',
    steps: {
      answer: (names) => `Invitación a planear una visita con ${names}`,
      read: (names) => `Notas de ${names}`,
      answered: (names) => `Respuesta de ${names} a tus notas`,
      talk: (names) => `Conversación con ${names}`,
      reflect: () => 'Una mirada a tu propia aula',
      release: (names) => `Tus notas, para entregarlas a ${names} cuando quieras`,
    },
    talkBegun: 'Ya empezada: seguid con ella',
    talkNot: 'Cuando os venga bien',
    held: 'Por ahora solo tú puedes abrirlas',
    onlyYou: 'Solo tú verás esta página, siempre',
  },

  propose,

  visits,

  observe: {
    begin: 'Tus notas',
    beginAbout: (names) => `Lo que apuntas durante la visita es solo tuyo. Nada de ello llega a ${names} hasta que lo entregas.`,
    noneYet: 'Todavía no hay notas',
    theirs: (names) => `Lo que se apunta durante la visita es solo de ${names} hasta que se te entrega.`,
    release: (names) => `Entregar a ${names}`,
    releaseDo: 'Entregar…',
    releaseAgain: 'Entregar otra vez…',
    releaseAbout: (names) =>
      `Las palabras llegan a ${names} tal como están, en un documento nuevo sin tus borradores. Hasta entonces nadie más puede abrir estas notas.`,
    releaseSure: (names) =>
      `Entonces queda una copia en manos de ${names}, y una copia en otro ordenador no se puede recuperar. Tus notas siguen siendo tuyas.`,
    releaseYes: (names) => `Entregar a ${names}`,
    released: (names) => `Lo que entregaste a ${names}`,
    earlier: 'Versión anterior',
    releasedAbout: (names) => `Entregadas a ${names}: las palabras como estaban. Lo que escribes desde entonces es tuyo.`,
  },

  observing,

  debrief: {
    begin: 'Conversación',
    beginAbout: (names) => `Un texto en común: lo que se vio y lo que cada cual probará. Puedes escribir en él al mismo tiempo que ${names}.`,
    start: 'Empezar la conversación',
    weTalked: 'Ya hemos hablado',
    talked: 'Habéis hablado. La visita está cerrada; sus palabras siguen abiertas.',
    notYet: 'Todavía no hemos hablado',
    another: 'Otra conversación de esta visita',
    otherwise: 'O de otra manera',
    inWriting: 'Nos escribiremos',
    begunByThem: 'La conversación la empieza quien participa en la visita; se abre aquí cuando lo haga.',
    findAbout: 'Ya os encontraréis. Empezad aquí cuando queráis, o decid que ya habéis hablado.',
    inWritingAbout: 'Os escribís. La conversación por escrito no tiene reloj: cada parte a su tiempo.',
    nextSteps: 'Próximos pasos',
    nextStepsHint: 'Algo pequeño, y cuándo…',
    watch: 'Qué observar la próxima vez',
    watchHint: 'Algo en que fijarse…',
    thanks: 'Gracias',
    thank: 'Dar las gracias',
    thankWho: (names) => `Unas palabras de agradecimiento para ${names}…`,
  },

  protocol: {
    label: 'Protocolo',
    takes: 'Minutos en total',
    called: (title, minutes) => `${title}, ${minutes} minutos`,
    partOf: (name, minutes) => `${name}, ${minutes} min`,
    length: (minutes) => `${minutes} min`,
    part: (at, of) => `Parte ${at} de ${of}`,
    left: 'quedan en esta parte',
    up: 'El tiempo de esta parte ha terminado. Seguid cuando os venga bien.',
    begin: 'Empezar',
    next: 'Parte siguiente',
    back: 'Parte anterior',
    rules: 'Acuerdos',
    none: 'Sin protocolo',
    noneYet: 'Ninguno por ahora.',
    choose: 'Elegir un protocolo',
    other: 'Otro protocolo',
    otherAbout: 'Empieza de nuevo. Lo que se apuntó se queda.',
    use: 'Usar este',
    without: 'Seguir sin protocolo',
    speak: (names, self) => {
      if (self) return names.length === 0 ? 'Hablas tú' : `Hablan ${es.list([...names, 'tú'])}`
      return names.length === 1 ? `Habla ${names[0]}` : `Hablan ${es.list(names)}`
    },
    speaks: {
      everybody: 'Habla todo el mundo',
      silent: 'Se escribe en silencio',
      oneself: 'Para ti',
      facilitator: 'Habla quien lleva el tiempo',
    },
  },

  prep: {
    title: 'Charla de preparación',
    about: 'En persona o por teléfono: qué queréis saber y cómo vais a mirar. Se ofrece, no se exige.',
    open: 'Abrirla',
    done: 'Listo',
  },

  evidence: {
    own: 'Tus notas',
    ownAbout: 'Nadie más las ve aquí. Lo que cites lo puede leer quien esté en esta conversación.',
    from: (names) => `De las notas de ${names}`,
    none: 'Todavía no hay notas',
    noneHost: (names) => `Lo que recibas de ${names} se puede citar desde aquí.`,
    noneVisitor: 'Las notas que tomes en Observar se pueden citar desde aquí.',
    quote: (line) => `Citar: ${line}`,
    quoteThis: 'Citar',
    quoteFigure: (name) => `Citar «${name}» en las notas`,
    quoted: (line) => `Citado en las notas: ${line}`,
    all: (count) => `Las ${count} líneas`,
    open: 'Abrir estas notas',
    speakers: { teacher: 'Docente', student: 'Estudiante', students: 'Estudiantes', room: 'Aula' },
    answers: 'Respuestas',
    answersAbout: 'Elige una línea para responderla. Quien tenga estas notas puede leer las respuestas.',
    answer: 'Responder',
    answerWhich: (line) => `Responder: ${line}`,
    answerWhole: 'Responder a las notas en conjunto',
    send: 'Añadir la respuesta',
  },

  entries: {
    label: 'Apuntar algo',
    hint: 'Apunta algo…',
    add: 'Añadir',
    change: 'Cambiar',
    changeWhich: (words) => `Cambiar: ${words}`,
    remove: 'Quitar',
    removeWhich: (words) => `Quitar: ${words}`,
    apart: 'Apuntado antes',
  },

  reflect: {
    begin: 'Una mirada a tu propia aula',
    beginAbout: 'Lo que viste, llevado a tu manera de enseñar: qué mantener, qué empezar, qué dejar, e ideas para probar. Solo tú verás esta página, siempre: no se puede compartir.',
    start: 'Mirar atrás',
    another: 'Otra mirada a esta visita',
  },

  growth,
  strategies,
  instruments,
  reasons,
  maps,
  running,
  shelf,
  lessons,
  quiet,

  doors,

  cards,

  timetable,

  visiting,

  files,

  history,

  comments,

  bin: {
    title: 'Papelera',
    about: 'Lo que apartas espera aquí 30 días, solo en este ordenador. Después se borra de él para siempre. Las copias que tienen otras personas se quedan con ellas.',
    empty: 'La papelera está vacía.',
    putAway: 'Poner en la papelera…',
    putAwaySure: 'Sale de tus listas y espera 30 días en la papelera. Después se borra de este ordenador para siempre.',
    putAwayYes: 'Poner en la papelera',
    othersKeep: (names) => `Para ${names} no cambia nada: las copias en otros ordenadores se quedan donde están, y se pueden seguir leyendo.`,
    othersLose: (names) => `Deja de estar al alcance de ${names}. Una copia que alguien ya tiene no se puede retirar.`,
    isIn: (day) => `En la papelera desde el ${day}: no está en ninguna de tus listas.`,
    goes: (day) => `se borra para siempre el ${day}`,
    putBack: 'Devolver a su sitio',
    putBackWhich: (title) => `Devolver a su sitio: ${title}`,
    isBack: 'Vuelve a estar en tus listas.',
    deleteNow: 'Borrar ya…',
    deleteWhich: (title) => `Borrar ya: ${title}`,
    deleteSure: 'Nadie puede recuperarlo en este ordenador.',
    deleteYes: 'Borrar para siempre',
    isGone: 'Se ha borrado de este ordenador.',
  },

  partnership,

  search: {
    title: 'Buscar',
    label: 'Palabras de cualquier cosa que tengas en este ordenador',
    found: (count) => (count === 0 ? 'Nada contiene todas estas palabras.' : count === 1 ? 'Aparece en 1 documento' : `Aparece en ${count} documentos`),
    leftOut: (count) => `Hay más de lo que se busca de una vez: ${count === 1 ? 'queda fuera 1 documento' : `quedan fuera ${count} documentos`}.`,
    best: (count) => `Los ${count} mejores; con más palabras salen menos.`,
    reading: (count) => (count === 1 ? 'Falta por leer 1 documento' : `Faltan por leer ${count} documentos`),
  },

  settings: {
    title: 'Ajustes',
    nameAbout: 'Tus colegas ven este nombre.',
    renamed: 'Guardado',
    showHere: 'Mostrar a mis colegas que mi ordenador está encendido',
    showHereAbout: 'Desactivado si no lo eliges. Solo se ve mientras está encendido; nadie puede ver cuándo lo estuvo.',
    page: 'Esta página',
    language: 'Idioma',
    appearance: 'Aspecto',
    themes: { system: 'Como este ordenador', light: 'Claro', dark: 'Oscuro' },
    describe: 'Describir sin juzgar',
    describeAsk: 'Preguntarme por las palabras que juzgan',
    describeAbout:
      'Mientras escribes las notas de una visita, una línea de puntos señala las palabras que juzgan en vez de describir; al pasar por ellas se lee una pregunta. Solo la ves tú, solo aquí, y no se guarda nada de ello.',
    describeLanguage: 'Idioma de tus notas',
    describeAsPage: 'Como esta página',
    computer: 'Este ordenador',
    disk: 'Disco',
    saving: (size) => `Todo está guardado. Ocupa ${size}.`,
    folder: 'Carpeta',
    keys: 'Cómo se protege lo que escribes',
    protection: {
      keyring: 'Con el almacén de claves de este ordenador',
      passphrase: 'Con tu contraseña',
      file: 'Con una clave en la carpeta: quien pueda abrir la carpeta puede leerlo',
    },
    discovery: 'Encontrar colegas',
    discoveryOn: 'Este ordenador busca colegas cerca, y deja que lo encuentren',
    discoveryOff: 'Desactivado: la conexión es por dirección',
    discoveryTrouble: (why) => `Aquí no funciona: la conexión es por dirección (${why})`,
    addresses: 'Direcciones para colegas',
    noAddress: 'Ninguna: este ordenador no está en ninguna red',
    version: 'Versión',
    devices: 'Dispositivos',
    devicesAbout: 'Lo que se escribe en un ordenador va firmado por él, para que nadie escriba en tu nombre. Los de tus colegas aparecen aquí también, en cuanto vinculáis vuestros ordenadores.',
    thisDevice: 'Este ordenador',
    ownDevice: 'Otro dispositivo tuyo',
    deviceOf: (name) => `Dispositivo de ${name}`,
    since: (day) => `se conoce desde el ${day}`,
    log: 'Lo que Rounds ha anotado de sí mismo',
    logAbout: 'Las últimas líneas, para quien te ayude cuando algo va mal. Contienen identificadores, tamaños y direcciones; nada de lo que escriben las personas.',
    logShow: 'Mostrarlas',
    logAgain: 'Volver a leerlas',
    logEmpty: 'No se ha anotado nada desde que Rounds empezó.',
  },

  tablet,

  lock: {
    title: 'Bloqueo',
    do: 'Bloquear',
    locked: 'Rounds está bloqueado',
    lockedAbout: 'Lo que has escrito está a salvo y sigue llegando a tus colegas. Nadie puede reponer una contraseña olvidada.',
    passphrase: 'Contraseña',
    unlock: 'Desbloquear',
    about: (key) => `Rounds se bloquea solo, con la tecla ${key} y con el botón. Después solo lo abre tu contraseña.`,
    aboutUnset: (key) => `Para un ordenador que usan más personas. Con una contraseña, Rounds se bloquea solo cuando te vas, y con la tecla ${key}.`,
    without: 'Sin contraseña, lo que escribes está sellado con una clave en un archivo al lado: quien use esta cuenta del ordenador puede leerlo todo.',
    now: 'Bloquear ahora',
    idle: 'Se bloquea solo después de',
    minutes: (count) => (count === 1 ? '1 minuto' : `${count} minutos`),
    wanted: 'Contraseña nueva',
    again: 'La misma otra vez',
    present: 'Contraseña actual',
    set: 'Poner la contraseña',
    change: 'Cambiar la contraseña',
    take: 'Quitar la contraseña',
    isSet: 'La contraseña está puesta.',
    changed: 'Se ha cambiado la contraseña.',
    taken: 'Ya no hay contraseña.',
    notSame: 'No son iguales. Escribe la contraseña nueva dos veces.',
    tooShort: 'Una contraseña tiene al menos 8 caracteres, en una sola línea. Varias palabras se recuerdan mejor.',
    notSure: 'El disco no lo ha confirmado. Recuerda la antigua y la nueva hasta que funcione: puede que haga falta cualquiera de las dos.',
    honestly: [
      'Mientras está bloqueado, esta página no muestra nada y las órdenes en este ordenador no obtienen nada. Tus colegas no notan ninguna diferencia.',
      'Rounds pide la contraseña cada vez que se inicia, en el terminal.',
      'Si la olvidas, nadie puede abrir lo que has escrito en este ordenador, y nadie puede cambiarla por ti. Lo que compartiste lo siguen teniendo tus colegas.',
      'No te protege de quien administra este ordenador, ni de quien ejecuta programas en tu cuenta mientras Rounds funciona: pueden leer su memoria.',
      'No dejes que el navegador guarde la contraseña, si te lo ofrece.',
    ],
  },

  people,

  pair,

  document,

  editor,

  sharing,

  truth: {
    label: 'Dónde está lo que escribes',
    saved: 'Guardado aquí',
    saving: 'Guardando…',
    notSaving: (why) => (why ? `No se guarda — ${why}` : 'No se guarda'),
    refused: 'Sin guardar — lo último que escribiste no se aceptó',
    away: 'No se guarda — Rounds no responde. Tus palabras esperan en esta página y se enviarán cuando responda.',
    awayIdle: 'Rounds no responde. Se intenta de nuevo…',
    on: (names) => (names.length === 1 ? `En el ordenador de ${names[0]}` : `En los ordenadores de ${list(names)}`),
    onMany: (names) => `En los ordenadores de ${names}`,
    onWay: (names) => `En camino a ${names}`,
    unpaired: (names) => `Llegará a ${names} cuando vuestros ordenadores estén vinculados`,
    through: (names) => `Llega a ${names} a través de quien tenga el ordenador vinculado con el suyo`,
    will: (names) => `Llegará a ${names} cuando vuestros ordenadores se encuentren`,
    willCount: (count, name) =>
      `${things(count)} ${count === 1 ? 'llegará' : 'llegarán'} a ${name} cuando vuestros ordenadores se encuentren`,
    onWayCount: (count, name) => `${things(count)} en camino a ${name}`,
    lookingCount: (count, name) => `Buscando novedades de ${name}: ${count === 1 ? 'falta' : 'faltan'} ${things(count)}`,
    willMany: (names) => `Las novedades llegarán a ${names} cuando vuestros ordenadores se encuentren`,
    onWayMany: (names) => `Hay novedades en camino a ${names}`,
    partly: (name, why) => `Hay cosas en espera entre el ordenador de ${name} y este — ${why}`,
    partlyMany: (names, why) => `Hay cosas en espera entre este ordenador y los de ${names}, en cada caso por lo mismo — ${why}`,
    lookingMany: (names) => `Buscando novedades de ${names}`,
    unreachable: (name, why) => `El ordenador de ${name} está cerca pero no se puede contactar con él${why ? ` — ${why}` : ''}`,
    unreachableMany: (names, why) => `Los ordenadores de ${names} están cerca pero no se puede contactar con ellos${why ? `, en cada caso por lo mismo — ${why}` : ''}`,
    setAside: (name, why) => `El ordenador de ${name} queda apartado${why ? ` — ${why}` : ''}`,
    setAsideMany: (names, why) => `Los ordenadores de ${names} quedan apartados${why ? `, en cada caso por lo mismo — ${why}` : ''}`,
  },

  expired: {
    title: 'Abre Rounds otra vez, por favor',
    about: 'Esta página está abierta desde antes de que Rounds se iniciara por última vez, y ya no tiene la llave de lo que escribes. Lo guardado está a salvo.',
    how: 'Abre Rounds como siempre, o escribe esto en un terminal:',
    unsaved: 'Algunas palabras de esta página aún no están guardadas. Esperan en este navegador y se enviarán cuando Rounds se abra de nuevo.',
  },

  more: (count) => `Mostrar ${count} más`,

  missing: {
    title: 'Aún en camino',
    about: 'Esta parte de Rounds no ha llegado de tu ordenador. Llegará en cuanto Rounds responda; si se cambió por otra versión, quizá ayude volver a cargar la página. Lo que escribiste está a salvo.',
  },

  updated: {
    title: 'Rounds es ahora otra versión',
    about: 'Esta página venía de la versión anterior. Vuelve a cargarla para seguir.',
    unsaved: 'Esta página venía de la versión anterior. Vuelve a cargarla para seguir: las palabras sin guardar esperan en este navegador, y se envían entonces.',
    reload: 'Volver a cargar',
  },

  failures,
  disk,
  obstacles,

  frame,
}
