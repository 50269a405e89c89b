// Do commands run workflows on every platform, in its own form? The playground's script, one test a step and platform.

import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { venuesOf } from '../../src/playground/hands/venues.ts'
import { playStep, type StepStage } from '../../src/playground/script/play.ts'
import { verdictOn } from '../../src/playground/script/print.ts'
import type { Step } from '../../src/playground/script/step.ts'
import { workflows } from '../../src/playground/script/workflows/script.ts'
import { openService } from '../../src/playground/script/workflows/service.ts'
import { PLATFORM_NAMES, type PlatformName } from '../../src/playground/seats.ts'
import { createWords } from '../../src/words/words.ts'
import { readLocales } from '../../src/assets.ts'
import { GENEROUS_MS, openE2eStage, until, type E2eStage } from '../support/e2e-stage.ts'

const together = workflows.steps.filter(({ alone }) => alone !== true)
const alone = workflows.steps.filter((step) => step.alone === true)

const service = await openService()
afterAll(() => service.close())

for (const platform of PLATFORM_NAMES) {
  describe.concurrent(`on ${platform}`, () => {
    let stage: E2eStage<PlatformName>
    let play: (step: Step) => Promise<string>
    beforeAll(async () => {
      stage = await openStageOn([platform])
      play = await playerOn(stage)
    })
    afterAll(() => stage.close())

    test.for(together)('$name: $title', async (step) => {
      expect(await play(step)).toBe('')
    })
  })
}

describe('everywhere at once, and nothing beside it', () => {
  let stage: E2eStage<PlatformName>
  let play: (step: Step) => Promise<string>
  beforeAll(async () => {
    stage = await openStageOn(PLATFORM_NAMES)
    play = await playerOn(stage)
  })
  afterAll(() => stage.close())

  test.for(alone)('$name: $title', async (step) => {
    expect(await play(step)).toBe('')
  })
})

async function openStageOn(platforms: readonly PlatformName[]): Promise<E2eStage<PlatformName>> {
  const yaml = workflows.configFor(platforms)
  return await openE2eStage({ platforms, yaml, coze: workflows.coze, env: service.env })
}

/** Plays a step on all platforms of the stage; resolves with what was wrong, in words. */
async function playerOn(stage: E2eStage<PlatformName>): Promise<(step: Step) => Promise<string>> {
  const venues = venuesOf(stage)
  const listens = async (): Promise<void> => {
    await until(stage, 'the commands are offered', () =>
      [...venues.values()].every((venue) => workflows.commands.every((command) => venue.offers(command))),
    )
  }
  await listens()
  const parts: Omit<StepStage, 'onChange'> = {
    seats: stage.seats,
    venues,
    coze: stage.coze,
    emulators: stage,
    words: createWords(await readLocales()),
    restart: async () => {
      await stage.bridge.kill()
      await stage.start()
      await listens()
    },
    withinMs: GENEROUS_MS,
  }
  return async (step) => {
    const outcomes = await playStep(step, { ...parts, onChange: () => {} })
    const wrong = outcomes.filter(({ fault }) => fault !== undefined)
    return wrong.length === 0 ? '' : [...wrong.map(verdictOn), stage.output.slice(-4_000)].join('\n')
  }
}
