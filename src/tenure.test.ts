// Does a tenure that ends take its numbers with it?
import { expect, onTestFinished, test } from 'vitest'
import { message, policy } from '../test/support/bridge-events.ts'
import { configYaml, load } from '../test/support/config-world.ts'
import { createFakePlatform } from '../test/support/fake-platform.ts'
import { at, createGate, createScriptedAssistant, started } from '../test/support/scripted-assistant.ts'
import { openResources } from './resources.ts'
import { soleClaims } from './store/claims.ts'
import { beginTenure } from './tenure.ts'

test('what is left to the journal is open here no more, neither in numbers nor on the status page', async () => {
  const config = { ...(await load({ yaml: configYaml('') })), store: 'memory:' }
  const world = { env: {}, cwd: '.', writeLog: () => undefined, prettyLog: false }
  const opened = await openResources(config, world)
  onTestFinished(() => opened.close())
  const { clock, metrics, observing } = opened
  const scripted = createScriptedAssistant(clock)
  scripted.onAnswer([started, at(createGate())])
  const resources = { ...opened, assistant: scripted.assistant, policy: policy() }
  const { platform } = createFakePlatform('fake', clock)
  const letGo = new AbortController()
  const tenure = await beginTenure(
    { account: 'fake', parts: [] },
    await soleClaims().hold('fake', letGo.signal),
    platform,
    true,
    { resources, platforms: new Map([['fake', platform]]), letGo: letGo.signal },
  )
  for (const text of ['first', 'second']) await tenure.bridge.inbox(message(text), letGo.signal)
  expect(await metrics.text()).toContain('bridge_turns_open{account="fake"} 2')
  expect(observing.activity.now().active).toHaveLength(2)
  letGo.abort()
  await tenure.end()
  expect(tenure.bridge.turnsOpen).toBe(1)
  expect(observing.activity.now()).toEqual({ active: [], more: 0 })
  const numbers = await metrics.text()
  expect(numbers).toContain('bridge_turns_open{account="fake"} 0')
  expect(numbers).toContain('bridge_turns_waiting{account="fake"} 0')
})
