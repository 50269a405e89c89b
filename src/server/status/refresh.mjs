// Keeps an open status page current: the part that lives is fetched again and put in the place of the old one.

const { document, location, fetch, DOMParser, setInterval, getSelection } = globalThis

const EVERY_MS = 5_000
let busy = false

async function refresh() {
  // Nobody looks, or somebody is about to copy.
  if (busy || document.hidden || getSelection()?.isCollapsed === false) return
  busy = true
  try {
    const response = await fetch(location.pathname, { credentials: 'same-origin', cache: 'no-store' })
    // Logged out: the page that asks for the token.
    if (response.status === 401) {
      location.reload()
      return
    }
    const next = new DOMParser().parseFromString(await response.text(), 'text/html')
    const [now, then] = [document.getElementById('live'), next.getElementById('live')]
    // A proxy answers, and not the bridge.
    if (!response.ok || then === null) throw new Error(`answered ${response.status}`)
    if (now !== null && now.innerHTML !== then.innerHTML) now.replaceChildren(...then.childNodes)
    document.documentElement.classList.remove('stale')
  } catch {
    // The bridge is away: what stands is old.
    document.documentElement.classList.add('stale')
  } finally {
    busy = false
  }
}

setInterval(refresh, EVERY_MS)
document.addEventListener('visibilitychange', refresh)
