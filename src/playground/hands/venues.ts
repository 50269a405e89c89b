// Which venues are there? One for each emulator on the stage.

import { PLATFORM_NAMES, type Emulators, type PlatformName } from '../seats.ts'
import { discordVenue } from './discord.ts'
import { feishuVenue } from './feishu.ts'
import type { Venue } from './hands.ts'
import { telegramVenue } from './telegram.ts'

/** In the order of columns. */
export function venuesOf(emulators: Partial<Emulators>): ReadonlyMap<PlatformName, Venue> {
  const { discord, telegram, feishu } = emulators
  const venues: Partial<Record<PlatformName, Venue>> = {
    ...(discord === undefined ? {} : { discord: discordVenue(discord) }),
    ...(telegram === undefined ? {} : { telegram: telegramVenue(telegram) }),
    ...(feishu === undefined ? {} : { feishu: feishuVenue(feishu) }),
  }
  return new Map(
    PLATFORM_NAMES.flatMap((name) => {
      const venue = venues[name]
      return venue === undefined ? [] : [[name, venue] as const]
    }),
  )
}
