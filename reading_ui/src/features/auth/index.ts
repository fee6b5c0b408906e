export { active } from './activity';
export { IdleWarning } from './IdleWarning';
export { InvitationPage } from './InvitationPage';
export { LoginPage } from './LoginPage';
export { PasswordDialog } from './PasswordDialog';
export { ReloginDialog } from './ReloginDialog';
export { enter, signOut } from './signIn';
