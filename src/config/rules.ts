// What no single key can say: do routes, agents, platforms, commands and modes fit together?

import { createPrivateKey } from 'node:crypto'
import { nearest } from './faults.ts'
import { accessFaults, accessWarnings } from './access-rules.ts'
import { agentFaults } from './agent-rules.ts'
import { commandLimitFaults, commandWarnings } from './command-limits.ts'
import { BUILTIN_NAMES, commandFaults } from './command-rules.ts'
import { fault } from './issues.ts'
import type { PathFault } from './issues.ts'
import { mediaFaults, mediaWarnings } from './media-rules.ts'
import { platformFaults, platformWarnings } from './platform-rules.ts'
import { serverWarnings } from './server-rules.ts'
import { storeFaults, storeWarnings } from './store-rules.ts'
import type { FileConfig } from './schema.ts'
import type { Path } from './source.ts'

/** All that does not fit together. */
export function crossCheck(config: FileConfig): readonly PathFault[] {
  return [
    ...privateKeyFaults(config),
    ...emptyFaults(config),
    ...agentFaults(config),
    ...routeFaults(config),
    ...commandFaults(config),
    ...commandLimitFaults(config),
    ...toolFaults(config),
    ...accessFaults(config),
    ...storeFaults(config),
    ...mediaFaults(config),
    ...platformFaults(config),
  ]
}

/** What works, but may surprise the owner. */
export function warningsFor(config: FileConfig): readonly string[] {
  const warnings: string[] = []
  const catchAll = config.routes.findIndex((route) => Object.keys(route.when).length === 0)
  if (catchAll >= 0 && catchAll < config.routes.length - 1) {
    warnings.push(`routes[${catchAll}] matches everything: the routes after it are never used.`)
  }
  if (config.coze.flavor === 'studio' && config.routes.some(({ controls }) => controls.thumbs)) {
    warnings.push('controls.thumbs shows buttons whose verdict goes nowhere: Coze Studio takes no feedback.')
  }
  return [
    ...warnings,
    ...storeWarnings(config),
    ...accessWarnings(config),
    ...serverWarnings(config),
    ...commandWarnings(config),
    ...platformWarnings(config),
    ...mediaWarnings(config),
  ]
}

function privateKeyFaults({ coze: { auth } }: FileConfig): readonly PathFault[] {
  if (auth.kind !== 'jwt') return []
  try {
    createPrivateKey(auth.privateKey)
    return []
  } catch {
    return [
      fault(
        ['coze', 'auth', 'privateKey'],
        'is not a private key in PEM form',
        'It begins with "-----BEGIN PRIVATE KEY-----". Put the file Coze gave you beside the configuration and write ${file:./coze.pem}.',
      ),
    ]
  }
}

function emptyFaults({ agents, platforms }: FileConfig): readonly PathFault[] {
  return [
    ...(Object.keys(agents).length > 0
      ? []
      : [
          fault(
            ['agents'],
            'there is no agent',
            'Put in agents: { default: { bot: "<id of your Coze agent>" } }.',
            'key',
          ),
        ]),
    ...(Object.keys(platforms).length > 0
      ? []
      : [
          fault(
            ['platforms'],
            'there is no platform',
            'Put in platforms: { telegram: { token: "${env:TELEGRAM_BOT_TOKEN}" } }.',
            'key',
          ),
        ]),
  ]
}

function routeFaults({ routes, agents, platforms, commands }: FileConfig): readonly PathFault[] {
  const commandNames = [...Object.keys(commands), ...BUILTIN_NAMES]
  const faults = routes.flatMap((route, i) => [
    ...unknownName(['routes', i, 'agent'], 'agent', route.agent, Object.keys(agents)),
    ...route.agents.flatMap((agent, n) =>
      unknownName(['routes', i, 'agents', n], 'agent', agent, Object.keys(agents)),
    ),
    ...unknownName(
      ['routes', i, 'when', 'platform'],
      'platform',
      route.when.platform,
      Object.keys(platforms),
    ),
    ...unknownName(['routes', i, 'when', 'command'], 'command', route.when.command, commandNames),
  ])
  if (routes.length > 0 || Object.keys(agents).length < 2 || 'default' in agents) return faults
  return [
    fault(
      ['agents'],
      'there are several agents and none is named "default"',
      'Name one "default", or write routes that say who answers where.',
      'key',
    ),
  ]
}

function unknownName(
  path: Path,
  what: string,
  name: string | undefined,
  known: readonly string[],
): readonly PathFault[] {
  if (name === undefined || known.includes(name)) return []
  const meant = nearest(name, known)
  const remedy =
    meant === undefined
      ? `There ${known.length === 1 ? 'is' : 'are'}: ${known.join(', ') || 'none'}.`
      : `Did you mean "${meant}"?`
  return [fault(path, `there is no ${what} "${name}"`, remedy)]
}

/** What no HTTP client sends: it would fail at the first call only. */
function toolFaults({ tools }: FileConfig): readonly PathFault[] {
  return Object.entries(tools).flatMap(([tool, { headers = {} }]) =>
    Object.entries(headers)
      .filter(
        ([name, value]) => !/^[!#$%&'*+.^_`|~\w-]+$/.test(name) || !/^[\t\x20-\x7E\x80-\xFF]*$/.test(value),
      )
      .map(([name]) =>
        fault(
          ['tools', tool, 'headers', name],
          'is no header that can be sent',
          'Names are made of letters, digits and "-"; values have no line breaks and no characters beyond Latin-1.',
        ),
      ),
  )
}
