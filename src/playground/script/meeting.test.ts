// Do players wait for each other, and for nobody who is gone?

import { expect, test } from 'vitest'
import { createMeeting } from './meeting.ts'

test('acts once, when the last one has come', async () => {
  let acts = 0
  const meeting = createMeeting(3, async () => void (acts += 1))
  const first = [meeting.come(), meeting.come()]
  await Promise.resolve()
  expect(acts).toBe(0)
  await Promise.all([...first, meeting.come()])
  expect(acts).toBe(1)
})

test('waits no more for one who leaves', async () => {
  let acts = 0
  const meeting = createMeeting(2, async () => void (acts += 1))
  const waiting = meeting.come()
  meeting.leave()
  await waiting
  expect(acts).toBe(1)
})

test('does nothing where nobody comes', async () => {
  let acts = 0
  const meeting = createMeeting(2, async () => void (acts += 1))
  meeting.leave()
  meeting.leave()
  await Promise.resolve()
  expect(acts).toBe(0)
})

test('tells everybody who came of a failure', async () => {
  const meeting = createMeeting(2, async () => {
    throw new Error('the bridge does not start')
  })
  const both = await Promise.allSettled([meeting.come(), meeting.come()])
  expect(both.map(({ status }) => status)).toEqual(['rejected', 'rejected'])
})
