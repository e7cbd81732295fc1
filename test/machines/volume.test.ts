// The volume machine against XState's own actor, restored from its stored snapshot before every event.
import { modelTests } from './model-tests.js';

modelTests('volume');
