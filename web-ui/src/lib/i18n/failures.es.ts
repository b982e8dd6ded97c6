// Decides what is said in Spanish of each way in which something can fail.
import type { disk as englishDisk, failures as english, obstacles as englishObstacles } from './failures.en'

export const failures: typeof english = {
  away: 'Rounds no responde en este ordenador. Inténtalo dentro de un momento.',
  not_found: 'Eso no está aquí. Puede que se haya borrado, o que ya no se comparta contigo.',
  refused: 'Eso no te corresponde hacerlo aquí: pregunta a la persona a quien pertenece.',
  bad_request: 'Rounds no ha entendido algo de esto. Mira lo que has escrito e inténtalo de nuevo.',
  conflict: 'Eso ha cambiado entretanto. Inténtalo de nuevo.',
  not_saved: 'No se pudo guardar: el disco no lo admite. Libera espacio; Rounds lo guarda en cuanto puede.',
  nobody_reachable:
    'No se encontró cerca ningún ordenador con ese código. Mira si tu colega aún muestra el código y si los dos ordenadores están en la misma red; si lo están, escribe la dirección de tu colega en «No encuentra a mi colega».',
  too_large: 'Eso es demasiado largo.',
  unavailable: 'Ahora mismo no es posible. Inténtalo dentro de un momento.',
  unreadable: 'Lo que hay guardado de esto en el ordenador no se puede leer. Lo que hayas escrito entretanto queda en este navegador.',
  timed_out: 'Tardó demasiado. Inténtalo de nuevo.',
  wrong_code: 'Ese código no es correcto. Pide a tu colega el que ve ahora.',
  no_session: 'Hay que abrir esta página de nuevo.',
  link_used: 'Ese enlace ya se usó o es demasiado antiguo. Abre Rounds como siempre.',
  locked: 'Rounds está bloqueado en este ordenador.',
  wrong_passphrase: 'Esa no es la contraseña. ¿Está puesto Bloq Mayús?',
  too_soon: 'Ha fallado varias veces. Espera un minuto y vuelve a intentarlo.',
  internal: 'Algo ha ido mal en Rounds. Inténtalo de nuevo; si sigue así, en Ajustes se ve lo que Rounds ha anotado de sí mismo.',
}

export const disk: typeof englishDisk = {
  full: 'el disco está lleno',
  forbidden: 'no se puede escribir en la carpeta de datos',
  read_only: 'el disco es de solo lectura',
  folder_gone: 'la carpeta de datos ya no está',
  damaged: 'el archivo que guarda lo que escribes está dañado: consérvalo y pregunta a alguien que sepa de ordenadores',
  gave_up: 'un cambio no se pudo guardar, y ninguno posterior se guarda: copia lo último que escribiste, cierra Rounds y ábrelo de nuevo',
  other: 'el disco no lo admite',
}

export const obstacles: typeof englishObstacles = {
  turned_away: 'responde pero rechaza a este: mira si aún están vinculados',
  firewall: 'rechaza la conexión: puede que allí haya un cortafuegos de por medio; permite en él a Rounds',
  refused: 'rechaza la conexión: puede que Rounds no esté abierto allí o que haya un cortafuegos de por medio',
  no_longer_there: 'estaba aquí pero ahora no responde: puede estar apagado, en reposo o desconectado',
  silent: 'no responde: puede que allí haya un cortafuegos de por medio; permite en él a Rounds',
  another_computer: 'en su última dirección conocida responde otro ordenador: conectaos a una misma red',
  no_way: 'desde aquí no hay camino a su última dirección conocida: conectaos a una misma red',
  no_answer: 'no responde en su última dirección conocida: puede estar apagado, en reposo o en otra red',
  just_lost: 'se perdió la conexión; se intenta de nuevo',
  not_understood: 'lo más probable es que Rounds no sea de la misma versión allí y aquí: actualízalo en ambos',
  set_aside: 'lo que envía hace tropezar aquí a Rounds cada vez: cierra Rounds y ábrelo de nuevo, allí y aquí',
}
