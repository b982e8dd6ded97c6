// Decides how a test takes a network away for a while: a pair of interfaces of this machine's own, with nothing behind them.
import { execFile } from 'node:child_process'
import { promisify } from 'node:util'

const run = promisify(execFile)
const ip = (...words: string[]) => run('ip', words)

/** Making an interface is the administrator's; where a test cannot, it says so. */
export const mayMakeNetworks = (): boolean => process.platform === 'linux' && process.getuid?.() === 0

export class Wifi {
  static readonly #name = 'rounds-wifi'
  readonly address = '10.213.77.1'

  /** Joins a network in which this machine is alone. */
  static async join(): Promise<Wifi> {
    const wifi = new Wifi()
    await wifi.leave()
    await ip('link', 'add', Wifi.#name, 'type', 'veth', 'peer', 'name', `${Wifi.#name}-b`)
    await ip('address', 'add', `${wifi.address}/24`, 'dev', Wifi.#name)
    await ip('link', 'set', `${Wifi.#name}-b`, 'up')
    await ip('link', 'set', Wifi.#name, 'up')
    // While it is lost, nothing meant for it may leave by another way.
    await ip('route', 'add', 'blackhole', '10.213.77.0/24', 'metric', '4096')
    return wifi
  }

  async lose(): Promise<void> {
    await ip('link', 'set', Wifi.#name, 'down')
  }

  async regain(): Promise<void> {
    await ip('link', 'set', Wifi.#name, 'up')
  }

  async leave(): Promise<void> {
    await ip('route', 'del', 'blackhole', '10.213.77.0/24', 'metric', '4096').catch(() => undefined)
    await ip('link', 'del', Wifi.#name).catch(() => undefined)
  }
}
