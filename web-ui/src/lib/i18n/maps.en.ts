// Decides the words of maps of rooms, in English.

export const maps = {
  title: 'Seat map',
  about: 'For every instrument that lies on a seat map. Both of you see it; notes begin with it and keep their own copy.',
  draw: 'Draw the map of the room',
  change: 'Change the map',
  seats: (count: number): string => (count === 1 ? '1 seat' : `${count} seats`),
  put: 'Put it in the plan',
  takeOut: 'Take it out of the plan',
  use: (name: string): string => `Use “${name}”`,
  usePlanned: 'Use the map of the plan',
  drawRows: 'Draw these rows anew',
  addSeat: 'One more seat',
  nudge: { left: 'To the left', up: 'Towards the board', down: 'Towards the back', right: 'To the right' },
  kept: 'Maps you keep',
  keep: 'Keep this map',
  keepAs: 'What you call it',
  keepHint: 'For example: Room 12. Only you see the maps you keep; one in a plan is seen by the people of that visit.',
  keptNow: (name: string): string => `“${name}” is kept.`,
  forget: 'Keep no longer',
  forgetWhich: (name: string): string => `Keep no longer: ${name}`,
}
