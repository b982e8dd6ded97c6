// Decides where the page begins.
import { mount } from 'svelte'
import App from './App.svelte'
import { daemon } from './lib/daemon/daemon.svelte'
import './styles/tokens.css'
import './styles/base.css'

daemon.start()
const target = document.getElementById('page')
if (target) mount(App, { target })
