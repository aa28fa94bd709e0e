import { startApiKeyField } from './api-key.js';
import { startChat } from './chat-form.js';
import { byId } from './dom.js';
import { startKtp } from './ktp-panel.js';
import { startModelStatus } from './model-status.js';
import { startTabs } from './tabs.js';

startTabs(byId('tabs', HTMLElement));
startApiKeyField();
startChat(startModelStatus());
startKtp();
