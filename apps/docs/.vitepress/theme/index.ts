/** The default theme without its fonts: the system's own are there at once. The playground is loaded by its page alone. */

import DefaultTheme from 'vitepress/theme-without-fonts'
import { defineAsyncComponent } from 'vue'
import './style.css'

export default {
  extends: DefaultTheme,
  enhanceApp({ app }: { app: import('vue').App }) {
    app.component(
      'SandboxPlayground',
      defineAsyncComponent(() => import('../../src/playground/SandboxPlayground.vue')),
    )
  },
}
