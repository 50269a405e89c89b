// Does a command hold together, whoever shows it?

import { bothOwners } from './agent-rules.ts'
import { fault } from './issues.ts'
import { BUILTINS } from '../contract/policy.ts'
import type { PathFault } from './issues.ts'
import { optionFaults } from './option-rules.ts'
import type { FileConfig } from './schema.ts'
import type { Path } from './source.ts'

/** Names the bridge answers itself. */
export const BUILTIN_NAMES: readonly string[] = BUILTINS

type Command = FileConfig['commands'][string]

/** The bridge's own names stay its own, and no key contradicts another. */
export function commandFaults({ commands }: FileConfig): readonly PathFault[] {
  return Object.entries(commands).flatMap(([name, command]) => {
    const at: Path = ['commands', name]
    return [
      ...(BUILTIN_NAMES.includes(name)
        ? [fault(at, 'is a command of the bridge itself', 'Choose another name.', 'key')]
        : []),
      ...(command.bot !== undefined && command.app !== undefined ? [bothOwners(at)] : []),
      ...optionFaults(command.options, [...at, 'options']),
      ...lossFaults(command, at),
      ...templateFaults(command, [...at, 'show']),
    ]
  })
}

function lossFaults({ mode, onLost }: Command, at: Path): readonly PathFault[] {
  if (mode !== 'async' || onLost === undefined) return []
  return [
    fault(
      [...at, 'onLost'],
      'does not go with mode async',
      'Take it out: such a run is found again, also after a restart.',
    ),
  ]
}

/** `{title}`, `{items.0.name}`, `{items[0].name}`, `{.}`, each also in double braces. */
const PATH = /^\s*(?:\.|[\p{L}\p{N}_$-][\p{L}\p{N}_$ -]*(?:\[\d+\]|\.[\p{L}\p{N}_$-][\p{L}\p{N}_$ -]*)*)\s*$/u

/** Braces that hold anything but a path (JSON, code) are shown as they are; what only looks like one is a slip. */
function templateFaults({ show }: Command, at: Path): readonly PathFault[] {
  if (show === undefined) return []
  const gaps = [...show.matchAll(/\{([^{}\n]*)(\}?)/g)].filter(([whole]) => whole !== '{')
  const open = gaps.find(([, path = '', end]) => end === '' && PATH.test(path))
  if (open !== undefined) {
    return [
      fault(at, `"${short(open[0])}" has no closing brace`, 'Write a gap as {title} or {items.0.name}.'),
    ]
  }
  const wrong = gaps.find(
    ([, path = '', end]) => end !== '' && /^[\p{L}\p{N}_$ .[\]-]*$/u.test(path) && !PATH.test(path),
  )
  if (wrong === undefined) return []
  return [
    fault(
      at,
      `"${short(wrong[0])}" is no path into the result`,
      'Write names with dots between them, and lists by number from 0: {items.0.name}; {.} is the whole.',
    ),
  ]
}

function short(text: string): string {
  return text.length <= 30 ? text : `${text.slice(0, 30).toWellFormed()}…`
}
