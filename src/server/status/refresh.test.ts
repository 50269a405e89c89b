// Does an open status page outlive a bridge, or a proxy before it, that is away for a moment?
import { readFileSync } from 'node:fs'
import { runInNewContext } from 'node:vm'
import { expect, test } from 'vitest'

const SCRIPT = readFileSync(new URL('./refresh.mjs', import.meta.url), 'utf8')

/** The script, in a page that shows `old`; each look at the bridge is answered with the next of these. */
function openPage(...answers: readonly { readonly status: number; readonly live?: string }[]) {
  const page = { live: 'old', reloads: 0, isStale: false }
  const left = [...answers]
  const looks: (() => Promise<void>)[] = []
  const part = (live: string | undefined) =>
    live === undefined ? null : { innerHTML: live, childNodes: [live] }
  const shown = {
    get innerHTML() {
      return page.live
    },
    replaceChildren: (live: string) => void (page.live = live),
  }
  runInNewContext(SCRIPT, {
    document: {
      hidden: false,
      getElementById: () => shown,
      documentElement: {
        classList: { add: () => (page.isStale = true), remove: () => (page.isStale = false) },
      },
      addEventListener: () => undefined,
    },
    location: { pathname: '/status', reload: () => (page.reloads += 1) },
    fetch: async () => {
      const { status, live } = left.shift()!
      return { status, ok: status < 300, text: async () => live }
    },
    DOMParser: class {
      parseFromString = (live: string | undefined) => ({ getElementById: () => part(live) })
    },
    setInterval: (look: () => Promise<void>) => looks.push(look),
    getSelection: () => null,
  })
  return { page, look: () => looks[0]!() }
}

test("a proxy's 502 makes the page stale, and the bridge's next answer makes it current again", async () => {
  const { page, look } = openPage({ status: 502 }, { status: 200 }, { status: 200, live: 'new' })
  await look()
  expect(page).toEqual({ live: 'old', reloads: 0, isStale: true })
  await look()
  expect(page).toEqual({ live: 'old', reloads: 0, isStale: true })
  await look()
  expect(page).toEqual({ live: 'new', reloads: 0, isStale: false })
})

test('who is not logged in any more is shown where to log in', async () => {
  const { page, look } = openPage({ status: 401 })
  await look()
  expect(page).toEqual({ live: 'old', reloads: 1, isStale: false })
})
