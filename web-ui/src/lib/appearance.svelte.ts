// Decides whether the page is light, dark, or as the computer is.
import { remember, remembered } from './remembered'

export const THEMES = ['system', 'light', 'dark'] as const
export type Theme = (typeof THEMES)[number]

class Appearance {
  theme = $state<Theme>(THEMES.find((one) => one === remembered('theme')) ?? 'system')

  choose(theme: Theme): void {
    this.theme = theme
    remember('theme', theme === 'system' ? null : theme)
    this.apply()
  }

  apply(): void {
    if (this.theme === 'system') delete document.documentElement.dataset['theme']
    else document.documentElement.dataset['theme'] = this.theme
  }
}

export const appearance = new Appearance()
