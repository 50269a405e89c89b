// What is a dispatch read with? What the adapter knows of itself and of the servers, handed to the pure readers.
import type { CommandSpec } from '../../src/contract/policy.ts'
import type { Channel } from './guilds.ts'
import type { Names } from './words-of.ts'

export interface Reading {
  readonly account: string
  readonly meId: string
  readonly commands: readonly CommandSpec[]
  readonly allowBots: boolean
  /** What carries no time of its own came now. */
  readonly receivedAtMs: number
  channel(id: string): Channel | undefined
  channelsOf(guildId: string): readonly Channel[]
  isOwnRole(roleId: string): boolean
  roleName(roleId: string): string | undefined
  /** A message of ours, as far as we remember. */
  isOurs(messageId: string): boolean
}

/** What mentions stand for. */
export function namesOf(reading: Reading): Names {
  return {
    meId: reading.meId,
    isOwnRole: reading.isOwnRole,
    roleName: reading.roleName,
    channelName: (id) => reading.channel(id)?.name,
  }
}
