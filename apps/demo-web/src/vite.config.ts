/** How the page is bundled: no inline script or style, since its Content-Security-Policy allows none. */
import { defineConfig } from 'vite'

export default defineConfig({
  root: 'src/page',
  logLevel: 'warn',
  // Else a configuration of PostCSS in a folder around this one would be used.
  css: { postcss: {} },
  build: {
    outDir: '../../dist/page',
    emptyOutDir: true,
    target: 'es2022',
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
  },
})
