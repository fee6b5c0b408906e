export { ConsultationPage } from './ConsultationPage';
export { ConsultationsPage } from './ConsultationsPage';
export { ExpertsPage } from './ExpertsPage';
export { NewConsultationPage } from './NewConsultationPage';
export { RoomOpinion } from './RoomOpinion';
