// Decides what the page says, in Spanish, of a tablet of one's own.
import type { tablet as english } from './tablet.en'

export const tablet: typeof english = {
  title: 'Tu propia tableta',
  about: 'Toma notas en un aula con una tableta o un teléfono tuyo: muestra esta página, desde este ordenador, por la red del centro. Guarda lo que tocas mientras está fuera de alcance.',
  on: 'Dar acceso a mi propia tableta',
  stuck: 'Tu tableta podía entrar antes de que este ordenador arrancara, y el acceso no se ha podido abrir de nuevo.',
  onAgain: 'Volver a abrirlo',
  isOn: 'El acceso para tu tableta está abierto.',
  onlyThere: 'Esta es esa tableta. Solo en el propio ordenador se le puede dar o quitar el acceso.',
  noNetwork: 'Este ordenador no está ahora en ninguna red. Conéctalo a la que usa tu tableta.',
  address: 'Dirección de este ordenador',
  show: 'Mostrar un código para escanear',
  again: 'Mostrar un código nuevo',
  scan: 'Apunta aquí con la cámara de la tableta. Sirve una vez, durante cinco minutos.',
  gone: 'Ese código ya no sirve. Muestra uno nuevo.',
  picture: 'Un código para la cámara de la tableta; la misma dirección está debajo',
  type: 'O escribe esto en la tableta:',
  compare: 'La tableta avisará de que no conoce este ordenador. Abre allí el certificado y continúa solo si su huella SHA-256 es esta:',
  ends: (day: string): string => `Este certificado sirve hasta el ${day}.`,
  honestly: [
    'El certificado lo hace este ordenador y no lo avala nadie. Solo tu comparación de la huella dice que has llegado a este ordenador y no a otro que lo imita.',
    'Quien tenga la tableta mientras tiene acceso puede leer y escribir lo mismo que tú. Si bloqueas este ordenador, la tableta también se bloquea.',
    'Desde la red se puede notar que aquí hay un acceso para tabletas. Sin el código no se ve nada tuyo.',
    'Mientras usas la tableta, este ordenador también sigue abierto: baja la tapa, o déjalo donde nadie se siente ante él.',
    'La tableta encuentra este ordenador por su dirección. Si cambia, muestra un código nuevo; lo que espera en la tableta se envía cuando la dirección vuelva a ser la de antes.',
  ],
  honestlyTitle: 'Qué protege esto y qué no',
  off: 'Quitar el acceso a todas las tabletas',
  sureOff: 'Todas las tabletas pierden el acceso. Lo que aún espera en una, por estar fuera de alcance, ya no podrá enviarse.',
}
