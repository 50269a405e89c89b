// Where does the owner of a Coze account click? The consoles' own names, in the language each console speaks.

import type { Flavor } from './client.ts'

/** Which Coze an address leads to. */
export type Console = 'cn' | 'com' | 'studio'

const HOSTS = { cn: 'api.coze.cn', com: 'api.coze.com' } as const

/** The hosted Coze of this name, where it is one. */
export function hostedBy(apiBase: string): 'cn' | 'com' | undefined {
  const host = URL.parse(apiBase)?.hostname
  return host === HOSTS.cn ? 'cn' : host === HOSTS.com ? 'com' : undefined
}

/** Accounts, tokens and agents of the two hosted Cozes are apart: what is good at one is unknown at the other. */
export function otherHost(apiBase: string): string | undefined {
  const here = hostedBy(apiBase)
  return here === undefined ? undefined : `https://${HOSTS[here === 'cn' ? 'com' : 'cn']}`
}

export function consoleOf(apiBase: string, flavor: Flavor): Console {
  if (flavor === 'studio') return 'studio'
  return hostedBy(apiBase) ?? 'com'
}

/** Coze docs: personal access tokens; OAuth apps; publish an agent as an API. Coze Studio wiki: API reference. */
export interface Paths {
  readonly newToken: string
  /** What is put between "add the permission …". */
  readonly editToken: string
  readonly oauthApps: string
  readonly publishAgent: string
  readonly publishWorkflow: string
  readonly credit: string
}

export function pathsOf(apiBase: string, flavor: Flavor): Paths {
  const where = consoleOf(apiBase, flavor)
  if (where === 'studio') {
    const page = apiBase.replace(/\/+$/, '')
    return {
      newToken: `Open ${page}, your avatar (bottom left), "API authorization" (API 授权), "Personal access token", add one, and put it into COZE_API_TOKEN`,
      editToken: `Open ${page} as the owner of the agent, your avatar (bottom left), "API authorization" (API 授权)`,
      oauthApps: `Coze Studio has no OAuth apps: use a personal access token`,
      publishAgent: `Open ${page}, the agent, "Publish" (发布, top right), tick "API", "Publish"`,
      publishWorkflow: `Open ${page}, "Workspace" (工作空间), "Library" (资源库), the workflow, test run it, then "Publish" (发布, top right)`,
      credit: `Look at the model that the agent uses: its key or its balance at the model's provider is at an end`,
    }
  }
  if (where === 'cn') {
    const page = 'https://www.coze.cn'
    return {
      newToken: `Open ${page}/open/oauth/pats (扣子 → 扣子 API → 授权 → 个人访问令牌, "Personal access tokens"), 添加新令牌 ("Add new token"), and put it into COZE_API_TOKEN`,
      editToken: `Open ${page}/open/oauth/pats (扣子 API → 授权 → 个人访问令牌), 编辑 ("Edit") beside the token; for an OAuth app ${page}/open/oauth/apps (OAuth 应用), 编辑, 配置权限`,
      oauthApps: `Open ${page}/open/oauth/apps (扣子 API → 授权 → OAuth 应用)`,
      publishAgent: `Open ${page}, 工作空间 ("Workspace"), 项目开发, the agent, 发布 ("Publish", top right), tick API among the channels (选择发布平台), 发布`,
      publishWorkflow: `Open ${page}, 工作空间 ("Workspace"), 资源库 ("Library"), the workflow, 试运行, then 发布 ("Publish", top right)`,
      credit: `Open ${page}, your avatar (bottom left), 套餐与用量 ("Plans and usage"), and buy credit or a larger plan`,
    }
  }
  const page = 'https://www.coze.com'
  return {
    newToken: `Open ${page}/open/oauth/pats (Coze API → Authorization → Personal access tokens), "Add new token", and put it into COZE_API_TOKEN`,
    editToken: `Open ${page}/open/oauth/pats (Coze API → Authorization → Personal access tokens), "Edit" beside the token; for an OAuth app ${page}/open/oauth/apps (OAuth apps), "Edit", "Configure permissions"`,
    oauthApps: `Open ${page}/open/oauth/apps (Coze API → Authorization → OAuth apps)`,
    publishAgent: `Open ${page}, "Workspace", "Development", the agent, "Publish" (top right), tick "API" among the channels, "Publish"`,
    publishWorkflow: `Open ${page}, "Workspace", "Library", the workflow, "Test run", then "Publish" (top right)`,
    credit: `Open ${page}, your avatar (bottom left), "Plans and usage", and buy credit or a larger plan`,
  }
}
