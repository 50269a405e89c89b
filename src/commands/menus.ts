// How do the commands of the configuration compare with what a platform shows? Pure.

import type { PublishedMenu } from '../contract/platform.ts'
import type { CommandSpec } from '../contract/policy.ts'

/** `differs`: under our name, with other words. `foreign`: under a name the configuration does not have. */
export type Standing = 'published' | 'differs' | 'foreign'

export interface ComparedMenu {
  readonly where: string
  readonly entries: readonly ComparedEntry[]
}
export interface ComparedEntry {
  readonly command: string
  readonly standing: Standing
  /** As the platform shows it. */
  readonly description: string
}
export interface Comparison {
  readonly menus: readonly ComparedMenu[]
  /** Names of commands that stand in no menu. */
  readonly missing: readonly string[]
}

/** What was done on one account, and what stands there afterwards. */
export interface MenuReport {
  readonly account: string
  readonly did: 'looked' | 'published' | 'removed'
  readonly result:
    | { readonly says: 'menus'; readonly comparison: Comparison }
    /** It takes commands and does not tell which it has. */
    | { readonly says: 'nothing' }
    /** There are no menus there: commands are typed. */
    | { readonly says: 'noMenu' }
    | { readonly says: 'fault'; readonly reason: string }
}

/** A command counts as missing when no menu of the platform has it: not every menu has to have all of them. */
export function compareMenus(commands: readonly CommandSpec[], menus: readonly PublishedMenu[]): Comparison {
  const ours = new Map(commands.map((command) => [command.name, command]))
  const standing = new Set(menus.flatMap((menu) => menu.commands.map(({ name }) => name)))
  return {
    menus: menus.map((menu) => ({
      where: menu.where,
      entries: menu.commands.map(({ name, description }) => ({
        command: name,
        standing: standingOf(ours.get(name), description),
        description,
      })),
    })),
    missing: commands.map(({ name }) => name).filter((name) => !standing.has(name)),
  }
}

function standingOf(command: CommandSpec | undefined, shown: string): Standing {
  if (command === undefined) return 'foreign'
  const words = Object.values(command.description)
  const isOurs = shown === command.name || words.some((text) => isSame(shown.trim(), text.trim()))
  return isOurs ? 'published' : 'differs'
}

/** Every platform takes at least so much of a description (Discord docs: application commands, 100 characters), give or take a mark of the cut. */
const SURELY_SHOWN_CHARS = 90

/** Platforms cut long descriptions, and may show how the command is used behind them. */
function isSame(shown: string, wanted: string): boolean {
  if (shown === wanted) return true
  const start = shown.replace(/(?:…|\.\.\.)$/u, '')
  const isCut = start.length >= SURELY_SHOWN_CHARS && wanted.startsWith(start)
  return isCut || (wanted !== '' && shown.startsWith(`${wanted} `))
}
