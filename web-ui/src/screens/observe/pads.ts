// Decides on which pad the marks of each kind are made.
import type { Component } from 'svelte'
import type { Shape } from '../../lib/daemon/types'
import type { Marking } from '../../lib/observe/marking'
import AskPad from './AskPad.svelte'
import GridPad from './GridPad.svelte'
import LinePad from './LinePad.svelte'
import PathPad from './PathPad.svelte'
import SpotPad from './SpotPad.svelte'
import SweepPad from './SweepPad.svelte'
import TallyPad from './TallyPad.svelte'
import TurnPad from './TurnPad.svelte'
import WaitPad from './WaitPad.svelte'

export const PADS: Record<Shape, Component<{ observing: Marking; tallied: boolean }>> = {
  line: LinePad,
  tally: TallyPad,
  state: TallyPad,
  beat: TallyPad,
  wait: WaitPad,
  turn: TurnPad,
  path: PathPad,
  sweep: SweepPad,
  grid: GridPad,
  ask: AskPad,
  spot: SpotPad,
}
