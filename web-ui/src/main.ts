// Decides where the page begins.
import { mount } from 'svelte'
import Root from './Root.svelte'
import { appearance } from './lib/appearance.svelte'
import { daemon } from './lib/daemon/daemon.svelte'
import { lock } from './lib/lock/lock.svelte'
import './styles/tokens.css'
import './styles/base.css'

appearance.apply()
if (!lock.locked) daemon.start()
const target = document.getElementById('page')
if (target) mount(Root, { target })
lock.start()
