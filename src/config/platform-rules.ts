// What do the settings of one account need of each other, and of the server?

import { fault } from './issues.ts'
import type { PathFault } from './issues.ts'
import type { FileConfig } from './schema.ts'
import type { Path } from './source.ts'

type Settings = FileConfig['platforms'][string]

export function platformFaults({ platforms, server }: FileConfig): readonly PathFault[] {
  const faults = Object.entries(platforms).flatMap(([account, settings]) =>
    faultsOf(settings, ['platforms', account]),
  )
  return Object.values(platforms).some(isCalled) && server.port === 0 ? [...faults, NO_FIXED_PORT] : faults
}

/** What works, but may surprise the owner. */
export function platformWarnings({ platforms, routes }: FileConfig): readonly string[] {
  return Object.entries(platforms).flatMap(([account, settings]) => {
    if (settings.kind !== 'discord') return []
    if (settings.mode === 'interactions') {
      return [
        `platforms.${account}: in mode interactions only slash commands and buttons reach the bot; messages and mentions do not.`,
      ]
    }
    const always = routes.findIndex(
      ({ when, triggers }) => triggers.includes('always') && (when.platform ?? account) === account,
    )
    if (always < 0 || settings.messageContent) return []
    return [
      `routes[${always}] is woken by any message, but Discord hands over those that do not mention the bot without their text: set platforms.${account}.messageContent: true.`,
    ]
  })
}

/** Discord, Feishu or Telegram call this bridge, rather than it them. */
function isCalled(settings: Settings): boolean {
  if (settings.kind === 'console' || settings.kind === 'other') return false
  return settings.mode === 'webhook' || settings.mode === 'interactions'
}

const NO_FIXED_PORT = fault(
  ['server', 'port'],
  'is 0, but a webhook needs a port that stays the same',
  'Give it a number: 8787.',
)

function faultsOf(settings: Settings, at: Path): readonly PathFault[] {
  switch (settings.kind) {
    case 'telegram':
      return settings.mode === 'webhook' && settings.webhook === undefined
        ? [
            fault(
              [...at, 'webhook'],
              'is needed for mode: webhook',
              'Add webhook: { publicUrl: "https://…", secret: "…" }, or use mode: polling.',
              'key',
            ),
          ]
        : []
    case 'discord':
      return discordFaults(settings, [...at, 'publicKey'])
    case 'feishu':
      return feishuFaults(settings, at)
    case 'console':
    case 'other':
      return []
  }
}

/** Its form is looked at here, not in the schema: a key that is none is not missing as well. */
function discordFaults(
  { mode, publicKey }: Extract<Settings, { kind: 'discord' }>,
  at: Path,
): readonly PathFault[] {
  const remedy = 'Copy it from the developer portal: General Information → Public Key.'
  if (publicKey !== undefined) {
    return /^[0-9a-f]{64}$/i.test(publicKey)
      ? []
      : [fault(at, 'is no public key: that has 64 hexadecimal digits', remedy)]
  }
  return mode === 'interactions'
    ? [fault(at, 'is needed for mode: interactions', `${remedy} Or use mode: gateway.`, 'key')]
    : []
}

/** The SDK only logs a line and never connects with any other id: no error, no callback. */
const LONG_CONNECTION_APP_ID = /^cli_[0-9a-f]{16}$/i

function feishuFaults(settings: Extract<Settings, { kind: 'feishu' }>, at: Path): readonly PathFault[] {
  const { appId, mode, encryptKey, verificationToken } = settings
  if (mode === 'websocket') {
    return LONG_CONNECTION_APP_ID.test(appId)
      ? []
      : [
          fault(
            [...at, 'appId'],
            'is no App ID the long connection takes: that is cli_ and 16 hexadecimal digits',
            'Copy it from the developer console: your app → Credentials & Basic Info.',
          ),
        ]
  }
  return encryptKey !== undefined || verificationToken !== undefined
    ? []
    : [
        fault(
          [...at, 'verificationToken'],
          'or encryptKey is needed for mode: webhook: without them anybody could speak for Feishu',
          'Copy one from the developer console: Events & Callbacks → Encryption Strategy. Or use mode: websocket.',
          'key',
        ),
      ]
}
