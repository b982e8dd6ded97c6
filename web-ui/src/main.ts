// Decides where the page begins.
import { mount } from 'svelte'
import App from './App.svelte'
import { appearance } from './lib/appearance.svelte'
import { daemon } from './lib/daemon/daemon.svelte'
import './styles/tokens.css'
import './styles/base.css'

appearance.apply()
daemon.start()
const target = document.getElementById('page')
if (target) mount(App, { target })
