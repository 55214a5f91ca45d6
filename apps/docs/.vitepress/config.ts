/** The site: local search, dark and light, no font and no script of elsewhere. */
import { fileURLToPath } from 'node:url'
import { defineConfig } from 'vitepress'

const packages = fileURLToPath(new URL('../../../packages', import.meta.url))

const guide = (text: string, name: string) => ({ text, link: `/guides/${name}` })

export default defineConfig({
  title: 'isoauth',
  description:
    'Sign a program in to Interactive Brokers and to UltraCart, in any JavaScript runtime',
  base: '/isoauth/',
  srcDir: '.site',
  outDir: 'dist',
  cacheDir: '.cache',
  cleanUrls: true,
  lang: 'en',
  // Or a page would load those that it links to, whenever a link comes into sight.
  router: { prefetchLinks: false },
  // The usual themes have words that stand out too little from the page.
  markdown: {
    theme: { light: 'github-light-high-contrast', dark: 'github-dark-high-contrast' },
  },
  vite: {
    // The sandbox and the clients run from their sources, so that the site needs no build of the packages.
    resolve: {
      alias: [
        { find: /^@isoauth\/([^/]+)$/, replacement: `${packages}/$1/src/index.ts` },
        { find: /^@isoauth\/([^/]+)\/(.+)$/, replacement: `${packages}/$1/src/$2.ts` },
      ],
    },
    // Else a configuration of PostCSS in a folder around this one would be used.
    css: { postcss: {} },
    build: { target: 'es2022' },
  },
  themeConfig: {
    search: { provider: 'local' },
    outline: [2, 3],
    nav: [
      { text: 'Guides', link: '/guides/first-party' },
      { text: 'Playground', link: '/playground' },
      { text: 'Errors', link: '/errors/' },
      { text: 'Source', link: 'https://github.com/isoauth/isoauth' },
    ],
    sidebar: [
      {
        text: 'Begin',
        items: [
          { text: 'What this is', link: '/' },
          { text: 'Playground', link: '/playground' },
          { text: 'Questions and answers', link: '/faq' },
        ],
      },
      {
        text: 'Interactive Brokers',
        items: [
          guide('First party, to the first call', 'first-party'),
          guide('Third parties', 'third-party'),
          guide('OAuth 2.0 and SSO for firms', 'oauth2-and-sso'),
          guide('The command line', 'command-line'),
          guide('Staying signed in', 'staying-signed-in'),
          guide('Streams and gaps', 'streams'),
          guide('Fleets', 'fleets'),
          guide('Typed endpoints', 'typed-endpoints'),
        ],
      },
      {
        text: 'UltraCart',
        items: [guide('With Hono, Express, Next', 'ultracart')],
      },
      {
        text: 'Where it runs',
        items: [
          guide('Browsers and proxies', 'browsers-and-proxies'),
          guide('Workers, Deno Deploy, Vercel', 'edge'),
          guide('Keys, KMS and HSM', 'keys'),
          guide('Testing with the sandbox', 'testing'),
        ],
      },
      {
        text: 'Moving here',
        items: [
          guide('From ibkr-client', 'from-ibkr-client'),
          guide('From ibind', 'from-ibind'),
          guide('From the gateway', 'from-the-gateway'),
        ],
      },
      {
        text: 'Reference',
        items: [
          { text: 'Error codes', link: '/errors/' },
          { text: 'The protocol as we know it', link: '/protocol' },
          { text: 'Security', link: '/security' },
          { text: 'Many machines', link: '/docs/scale' },
          { text: 'Performance', link: '/docs/performance' },
          { text: 'Packages', link: '/packages/' },
          { text: 'API pages', link: '/docs/api/' },
          { text: 'Decisions', link: '/docs/decisions/' },
        ],
      },
    ],
  },
})
