// Decides where the page begins.
import { mount } from 'svelte'
import Root from './Root.svelte'
import { appearance } from './lib/appearance.svelte'
import { daemon } from './lib/daemon/daemon.svelte'
import { lock } from './lib/lock/lock.svelte'
import { rooms } from './lib/rooms.svelte'
import { router } from './lib/route.svelte'
import './styles/tokens.css'
import './styles/base.css'

appearance.apply()
if (!lock.locked) daemon.start()
// A document is most often a text; anything else is in the second file.
if (router.now.screen === 'document') rooms.fetchAtLeisure()
else void rooms.fetch()
const target = document.getElementById('page')
if (target) mount(Root, { target })
lock.start()
