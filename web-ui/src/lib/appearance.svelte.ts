// Decides whether the page is light, dark, or as the computer is.
import { remember, remembered } from './remembered'

export const THEMES = ['system', 'light', 'dark'] as const
export type Theme = (typeof THEMES)[number]

class Appearance {
  theme = $state<Theme>(THEMES.find((one) => one === remembered('theme')) ?? 'system')
  #dimmed = false

  choose(theme: Theme): void {
    this.theme = theme
    remember('theme', theme === 'system' ? null : theme)
    this.apply()
  }

  /** In the corner of somebody's classroom the page is dark, whatever it is elsewhere. */
  dim(dimmed: boolean): void {
    this.#dimmed = dimmed
    this.apply()
  }

  apply(): void {
    const theme = this.#dimmed ? 'dark' : this.theme
    if (theme === 'system') delete document.documentElement.dataset['theme']
    else document.documentElement.dataset['theme'] = theme
  }
}

export const appearance = new Appearance()
