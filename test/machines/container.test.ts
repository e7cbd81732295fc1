// The container machine against a container written down a second time by hand.
import type { ContainerInput } from '../../machines/container-context.js';
import { ContainerModel, containerView } from '../support/container-model.js';
import { modelTests } from './model-tests.js';

modelTests('container', { system: (_definition, input) => new ContainerModel(input as unknown as ContainerInput), view: containerView, walks: 500 });
