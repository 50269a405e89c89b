// Does webhook mode believe Telegram alone, and live on whatever else is sent to it?

import { expect, onTestFinished, test } from 'vitest'
import { freePort, openE2eStage } from '../support/e2e-stage.ts'
import { chatAbout, chatsAbout, newcomer, say, shows } from '../support/e2e-talk.ts'

const SECRET = 'a-webhook-secret-of-the-owner'

test('answers what comes with the secret, refuses what comes without, and survives garbage', async () => {
  const port = await freePort()
  const publicUrl = `http://127.0.0.1:${port}`
  const stage = await openE2eStage({
    env: {
      TELEGRAM_MODE: 'webhook',
      TELEGRAM_WEBHOOK_URL: publicUrl,
      TELEGRAM_WEBHOOK_SECRET: SECRET,
      BRIDGE_PORT: String(port),
    },
  })
  onTestFinished(() => stage.close())
  const ann = newcomer(stage)
  const question = say(stage, ann, '!say through the webhook')
  await shows(stage, question, 'through the webhook')

  const hook = stage.telegram.store.calls.find(({ method }) => method === 'setWebhook')?.payload['url']
  expect(hook).toMatch(new RegExp(`^${publicUrl}/`))
  const post = async (body: string, secret: string | undefined): Promise<number> => {
    const headers = {
      'content-type': 'application/json',
      ...(secret === undefined ? {} : { 'x-telegram-bot-api-secret-token': secret }),
    }
    return (await fetch(String(hook), { method: 'POST', headers, body })).status
  }
  const forged = JSON.stringify({
    update_id: 999_999,
    message: { ...question.message, message_id: 999, text: '!say a forged question' },
  })
  expect(await post(forged, undefined)).toBe(401)
  expect(await post(forged, 'a wrong one')).toBe(401)
  expect(await post('{"update_id":', SECRET)).toBe(400)
  expect(await post('[1,2,3]', SECRET)).toBe(400)
  expect(await post('x'.repeat(2_000_000), SECRET)).toBe(413)
  expect((await fetch(`${publicUrl}/webhooks/nobody`, { method: 'POST' })).status).toBe(404)

  await shows(stage, say(stage, ann, '!say alive and well'), 'alive and well')
  expect(chatsAbout(stage, 'a forged question')).toEqual([])
  chatAbout(stage, 'through the webhook')
  expect(stage.output).not.toContain(SECRET)
})

test('is told by its health pages whether it can work', async () => {
  const token = 'an-admin-token-of-the-owner'
  const stage = await openE2eStage({ env: { BRIDGE_ADMIN_TOKEN: token } })
  onTestFinished(() => stage.close())
  const address = String(stage.log.find(({ message }) => message === 'ready')?.['address'])
  const get = async (path: string, headers: Readonly<Record<string, string>> = {}) => {
    const response = await fetch(`${address}${path}`, { headers })
    return { status: response.status, body: await response.text() }
  }
  expect((await get('/healthz')).status).toBe(200)
  expect((await get('/readyz')).status).toBe(200)
  await shows(stage, say(stage, newcomer(stage), '!say to be counted'), 'to be counted')
  expect((await get('/metrics')).status).toBe(401)
  const metrics = await get('/metrics', { authorization: `Bearer ${token}` })
  expect(metrics.status).toBe(200)
  expect(metrics.body).toMatch(/bridge_events_total\{[^}]*do="ask"[^}]*\} 1/)
  expect(metrics.body).not.toContain('to be counted')
  expect(stage.output).not.toContain(token)
})
