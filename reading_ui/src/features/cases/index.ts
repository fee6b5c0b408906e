export { RowActions } from './entry/RowActions';
export { StudyCases } from './entry/StudyCases';
export { FollowUpsPage } from './followups/FollowUpsPage';
export { CasesPage } from './list/CasesPage';
export { CasePage } from './page/CasePage';
export { NewReferralPage } from './referral/NewReferralPage';
export { ReferralPage } from './referral/ReferralPage';
export { ReferralsPage } from './referral/ReferralsPage';
