// The two sides of the bench, told apart by nothing but what stands between Coze and the platform: the bridge, or the floor.

import { defaults, type CozeEmulator } from '../../src/emulators/coze/index.ts'
import type { Emulators, PlatformName, Seat } from '../../src/playground/seats.ts'
import type { FloorWork } from './floor.ts'
import type { FloorPlatform } from './floor-senders.ts'
import { startMeasured, type Measured } from './measured.ts'

export interface Side {
  /** Begins so many replies at once; resolves when all of them stand. */
  ask(text: string, chairs: readonly BenchChair[]): Promise<void>
  readonly process: Measured
}
export type BenchChair = ReturnType<Seat['sitDown']>

interface BenchStage {
  readonly coze: CozeEmulator
  readonly emulators: Partial<Emulators>
  readonly folder: string
  isWhole(chair: BenchChair): boolean
  waitUntil(condition: () => boolean, everyMs?: number): Promise<void>
}

export async function createSides(
  stage: BenchStage,
  bridge: Measured,
): Promise<{ readonly bridge: Side; readonly floor: Side }> {
  return { bridge: bridgeSide(stage, bridge), floor: floorSide(stage, await floorPlatforms(stage.emulators)) }
}

function bridgeSide({ coze, isWhole, waitUntil }: BenchStage, process: Measured): Side {
  return {
    process,
    async ask(text, chairs) {
      const endedBefore = coze.store.counts.completed
      for (const chair of chairs) chair.say(text)
      await waitUntil(() => coze.store.counts.completed >= endedBefore + chairs.length)
      await waitUntil(() => chairs.every(isWhole), 20)
    },
  }
}

function floorSide(
  { coze, folder }: BenchStage,
  platforms: Readonly<Partial<Record<PlatformName, FloorPlatform>>>,
): Side {
  const process = startMeasured(new URL('./floor.ts', import.meta.url), [], { cwd: folder, env: {} })
  return {
    process,
    async ask(text, chairs) {
      const done = process.hears('done')
      const work: FloorWork = {
        do: 'ask',
        cozeUrl: coze.url,
        cozeToken: defaults.token,
        botId: defaults.botId,
        text,
        replies: chairs.flatMap(({ platform, chatId }) => {
          const known = platforms[platform]
          return known ? [{ platform: known, chatId }] : []
        }),
      }
      process.tell(work)
      await done
    },
  }
}

async function floorPlatforms({
  discord,
  telegram,
  feishu,
}: Partial<Emulators>): Promise<Readonly<Partial<Record<PlatformName, FloorPlatform>>>> {
  return {
    ...(discord ? { discord: { kind: 'discord', url: discord.url, token: discord.token } } : {}),
    ...(telegram ? { telegram: { kind: 'telegram', url: telegram.url, token: telegram.token } } : {}),
    ...(feishu
      ? { feishu: { kind: 'feishu', url: feishu.url, tenantToken: await tenantToken(feishu) } }
      : {}),
  }
}

async function tenantToken({ url, appId, appSecret }: Emulators['feishu']): Promise<string> {
  const answer = await fetch(`${url}/open-apis/auth/v3/tenant_access_token/internal`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ app_id: appId, app_secret: appSecret }),
  })
  const { tenant_access_token: token } = (await answer.json()) as { tenant_access_token: string }
  return token
}
