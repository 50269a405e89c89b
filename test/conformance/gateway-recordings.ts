// What do the recordings of chat platforms hold? Packets and updates that vercel/chat's tests keep (MIT), by name.
// Some were finished by hand (ids in words, round numbers); they are in the platforms' form all the same.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'

export type Fields = Readonly<Record<string, unknown>>

export interface DiscordRecordings {
  readonly all: Fields
  /** What a dispatch carried; `type` as the gateway names it. */
  dispatch(name: string): { readonly type: string; readonly data: Fields }
}

/** Those of the file about a channel are called `channel …`. */
export function discordRecordings(folder: string): DiscordRecordings {
  const ofChannel = Object.entries(recorded(folder, 'channel-discord.json'))
  const all: Fields = {
    ...recorded(folder, 'discord.json'),
    ...Object.fromEntries(ofChannel.map(([name, value]) => [`channel ${name}`, value])),
  }
  return {
    all,
    dispatch(name) {
      const { type, data } = all[name] as { readonly type: string; readonly data: Fields }
      return { type: type.replace('GATEWAY_', ''), data }
    },
  }
}

export function telegramRecordings(folder: string): Fields {
  return recorded(folder, 'telegram.json')
}

function recorded(folder: string, file: string): Fields {
  return JSON.parse(readFileSync(join(folder, 'recordings/chat-gateway', file), 'utf8')) as Fields
}
