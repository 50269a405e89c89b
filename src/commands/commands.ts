// `bridge commands`: which commands are there, what does each platform show of them, and shall that be changed?

import type { LoadedConfig } from '../config/settings.ts'
import { PlatformError } from '../contract/errors.ts'
import type { Platform } from '../contract/platform.ts'
import type { CommandSpec } from '../contract/policy.ts'
import { openPlatforms } from '../platforms.ts'
import { createScrubber } from '../scrub.ts'
import { compareMenus, type MenuReport } from './menus.ts'
import { commandLines, platformLines } from './menus-print.ts'

export interface CommandsOptions {
  readonly publish?: boolean
  readonly remove?: boolean
  /** All accounts when left out. */
  readonly platform?: readonly string[]
  readonly json?: boolean
}

/** Each account has this long for all it is asked; they are asked side by side. */
const WITHIN_MS = 60_000

/**
 * Exit code 1 when a platform could not be asked, or when what was published or removed is not so afterwards. Opens
 * neither the store nor a connection that a running bridge has.
 */
export async function manageCommands(
  config: LoadedConfig,
  options: CommandsOptions,
  stop: AbortSignal,
): Promise<number> {
  const unknown = options.platform?.filter((account) => !Object.hasOwn(config.platforms, account)) ?? []
  if (unknown.length > 0) {
    const known = Object.keys(config.platforms).join(', ')
    process.stderr.write(`There is no platform "${unknown.join('", "')}" in the configuration: ${known}.\n`)
    return 1
  }
  const open = await openPlatforms(config, {
    env: process.env,
    writeLog: () => undefined,
    prettyLog: false,
  })
  try {
    const { commands, locale } = open.policy
    const json = options.json ?? false
    const scrub = createScrubber(config.secrets)
    const print = (lines: readonly string[]): void =>
      lines.forEach((line) => process.stdout.write(`${scrub(line)}\n`))
    print(commandLines(commands, locale, json))
    const reports = open.platforms
      .values()
      .filter(({ account }) => options.platform?.includes(account) ?? true)
      .map((platform) => report(platform, commands, options, stop))
      .toArray()
    let isWell = true
    for (const reported of reports) {
      const one = await reported
      print(platformLines(one, json))
      isWell = isWell && isAsWanted(one)
    }
    return isWell ? 0 : 1
  } finally {
    await open.close()
  }
}

/** Never rejects. */
async function report(
  platform: Platform,
  commands: readonly CommandSpec[],
  { publish = false, remove = false }: CommandsOptions,
  stop: AbortSignal,
): Promise<MenuReport> {
  const { account } = platform
  const late = AbortSignal.timeout(WITHIN_MS)
  const signal = AbortSignal.any([stop, late])
  const did = publish ? 'published' : remove ? 'removed' : 'looked'
  try {
    if (platform.publishCommands === undefined) return { account, did: 'looked', result: { says: 'noMenu' } }
    if (did !== 'looked') await platform.publishCommands(publish ? commands : [], signal)
    const menus = await platform.publishedCommands?.(signal)
    if (menus === undefined) return { account, did, result: { says: 'nothing' } }
    return { account, did, result: { says: 'menus', comparison: compareMenus(commands, menus) } }
  } catch (error) {
    if (error instanceof PlatformError && error.kind === 'unsupported') {
      return { account, did: 'looked', result: { says: 'noMenu' } }
    }
    const reason = late.aborted ? `it did not answer within ${WITHIN_MS / 1_000} s` : reasonOf(account, error)
    return { account, did: 'looked', result: { says: 'fault', reason } }
  }
}

/** A sentence for the owner, with what to do. */
function reasonOf(account: string, error: unknown): string {
  const message = error instanceof Error ? error.message : String(error)
  const told = message.startsWith(`${account}: `) ? message.slice(account.length + 2) : message
  if (!(error instanceof PlatformError)) return told
  switch (error.kind) {
    case 'denied':
      return `it refuses this token, or the bot lacks a permission (${told}). \`coze-bridge doctor\` says more.`
    case 'unavailable':
      return `it cannot be reached (${told}). Try again later.`
    case 'rate-limited': {
      const seconds = Math.ceil((error.retryAfterMs ?? 0) / 1_000)
      return `it wants a pause (${told}). Try again ${seconds > 0 ? `in ${seconds} s` : 'later'}.`
    }
    case 'rejected':
    case 'gone':
      return `it does not take these commands (${told}).`
    case 'unsupported':
    case 'cancelled':
      return told
  }
}

function isAsWanted({ did, result }: MenuReport): boolean {
  if (result.says === 'fault') return false
  if (result.says !== 'menus' || did === 'looked') return true
  const { menus, missing } = result.comparison
  const standing = menus.flatMap(({ entries }) => entries.map((entry) => entry.standing))
  if (did === 'published') return missing.length === 0 && !standing.includes('differs')
  return standing.every((each) => each === 'foreign')
}
