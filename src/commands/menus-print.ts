// How does `bridge commands` read? Lines for a person, or one JSON line a fact for a program.

import { stripVTControlCharacters } from 'node:util'
import type { CommandSpec } from '../contract/policy.ts'
import { localized } from '../fields/fields.ts'
import { usageOf } from '../fields/usage.ts'
import type { ComparedMenu, Comparison, MenuReport } from './menus.ts'

/** Longer usages do not push the descriptions of all others to the right. */
const USAGE_CELLS = 36

export function commandLines(
  commands: readonly CommandSpec[],
  locale: string,
  json: boolean,
): readonly string[] {
  const rows = commands.map((command) => ({
    name: command.name,
    usage: usageOf(command.name, command.options, locale),
    description: localized(command.description, locale),
    does: doesOf(command),
  }))
  if (json) return rows.map((row) => JSON.stringify({ kind: 'command', ...row }))
  const width = Math.min(USAGE_CELLS, Math.max(0, ...rows.map(({ usage }) => usage.length)))
  return [
    'Commands',
    ...rows.map(({ usage, description, does }) =>
      plain(`  ${usage.padEnd(width)}  ${description}  (${does})`),
    ),
  ]
}

function doesOf({ does, where, guilds }: CommandSpec): string {
  const what = does.kind === 'builtin' ? 'built-in' : `workflow ${does.run.workflow}`
  const places = where === undefined ? [] : [`${where.join(' and ')} chats only`]
  const servers = guilds === undefined ? [] : [`Discord servers ${guilds.join(', ')} only`]
  return [what, ...places, ...servers].join('; ')
}

export function platformLines(report: MenuReport, json: boolean): readonly string[] {
  const lines = json ? jsonLines(report) : textLines(report)
  return json ? lines : lines.map(plain)
}

function textLines({ account, did, result }: MenuReport): readonly string[] {
  switch (result.says) {
    case 'fault':
      return ['', account, `  ✗ ${result.reason}`]
    case 'noMenu':
      return ['', account, '  - there is no menu of commands here; typing them does as well']
    case 'nothing':
      return ['', `${account}${doneOf(did)}`, '  - this platform cannot say which commands it shows']
    case 'menus':
      return ['', `${account}${doneOf(did)}`, ...comparisonLines(result.comparison, did)]
  }
}

function doneOf(did: MenuReport['did']): string {
  return did === 'looked' ? '' : `: ${did}`
}

function comparisonLines({ menus, missing }: Comparison, did: MenuReport['did']): readonly string[] {
  const gone = did === 'removed'
  const absent = names(missing)
  return [
    ...menus.filter(({ entries }) => entries.length > 0).flatMap((menu) => menuLines(menu, gone)),
    ...(missing.length === 0 ? [] : [gone ? `  ✓ not shown: ${absent}` : `  ✗ missing: ${absent}`]),
  ]
}

/** `gone`: they should not be there any more. */
function menuLines({ where, entries }: ComparedMenu, gone: boolean): readonly string[] {
  const published = entries.filter(({ standing }) => standing === 'published')
  const same = names(published.map(({ command }) => command))
  return [
    `  ${where}`,
    ...(published.length === 0 ? [] : [gone ? `    ✗ still there: ${same}` : `    ✓ published: ${same}`]),
    ...entries
      .filter(({ standing }) => standing === 'differs')
      .map(({ command, description }) => `    ! differs: /${command}, shown as “${description}”`),
    ...entries
      .filter(({ standing }) => standing === 'foreign')
      .map(({ command, description }) => `    ? foreign: /${command}, “${description}”`),
  ]
}

function names(commands: readonly string[]): string {
  return commands.map((name) => `/${name}`).join(' ')
}

function jsonLines({ account: platform, did, result }: MenuReport): readonly string[] {
  const head = {
    kind: 'platform',
    platform,
    did,
    says: result.says,
    ...(result.says === 'fault' ? { reason: result.reason } : {}),
  }
  if (result.says !== 'menus') return [JSON.stringify(head)]
  const { menus, missing } = result.comparison
  const standing = menus.flatMap(({ where, entries }) =>
    entries.map(({ command, standing: state, description }) => ({
      kind: 'entry',
      platform,
      where,
      command,
      state,
      description,
    })),
  )
  const absent = missing.map((command) => ({ kind: 'entry', platform, command, state: 'missing' }))
  return [head, ...standing, ...absent].map((line) => JSON.stringify(line))
}

/** What stands on a platform was perhaps written by others: it cannot steer the terminal. */
function plain(line: string): string {
  return stripVTControlCharacters(line).replace(/\p{Cc}/gu, ' ')
}
