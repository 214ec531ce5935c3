from django.urls import path
from django.utils.translation import gettext_lazy as _

from procurement_portal.views.applications import (
    ApplicationView,
    ComplementView,
    NotesView,
    ReviewView,
)
from procurement_portal.views.apply import ApplyView
from procurement_portal.views.assignment import AssignmentView
from procurement_portal.views.changes import AcceptanceView, ChangesView, ChangeView, DeclineView
from procurement_portal.views.continuation import ContinuationView, HereView, StartedLinkView
from procurement_portal.views.decision import ApprovalView, RejectionView
from procurement_portal.views.decision_templates import DecisionTemplatesView, DecisionTemplateView, OriginalView
from procurement_portal.views.directory import HomeView, SupplierView
from procurement_portal.views.erasure import ErasureView, ExportView, TakedownRequestView
from procurement_portal.views.link_request import LinkRequestedView, LinkRequestView
from procurement_portal.views.listing import ListingView, TakedownView
from procurement_portal.views.mending import MendingView, PictureView
from procurement_portal.views.my_listing import (
    ChangeProposalView,
    ChangeWithdrawalView,
    MyListingView,
)
from procurement_portal.views.new_address import NewAddressMailView, NewAddressView
from procurement_portal.views.queue import ApplicationsView, ApplicationsWorkbookView, AssignmentsView
from procurement_portal.views.receipt import ReceiptView
from procurement_portal.views.recommendation import RecommendationView, RecommendationWithdrawalView
from procurement_portal.views.referral_desk import ReferralPauseView, ReferralResumptionView, ReferralsView
from procurement_portal.views.referrals import (
    NoMoreTipsView,
    ReferralAskedView,
    ReferralConfirmationView,
    ReferralSentView,
    ReferralView,
)
from procurement_portal.views.started import StartedView
from procurement_portal.views.started_removal import StartedRemovalView
from procurement_portal.views.status import ConfirmationView, StatusView, WithdrawalView
from procurement_portal.views.tips import (
    HandlingView,
    ReopeningView,
    TipReceivedView,
    TipsView,
    TipUsView,
    TipView,
)

app_name = "procurement_portal"
urlpatterns = [
    # For everyone
    path("", HomeView.as_view(), name="home"),
    path(_("suppliers/<slug:slug>/"), SupplierView.as_view(), name="supplier"),
    path(_("application/"), ApplyView.as_view(), name="apply"),
    path(_("application/received/<str:token>/"), ReceiptView.as_view(), name="receipt"),
    path(_("application/started/"), StartedView.as_view(), name="started"),
    path(_("application/started/link/"), StartedLinkView.as_view(), name="started_link"),
    path(_("application/started/here/"), HereView.as_view(), name="started_here"),
    path(_("application/started/removal/"), StartedRemovalView.as_view(), name="started_removal"),
    path(_("tip-us/"), TipUsView.as_view(), name="tip_us"),
    path(_("tip-us/thank-you/"), TipReceivedView.as_view(), name="tip_received"),
    path(_("tip-a-colleague/"), ReferralView.as_view(kind="portal"), name="tip_colleague"),
    path(
        _("tip-a-colleague/suppliers/<slug:slug>/"),
        ReferralView.as_view(kind="supplier"),
        name="tip_colleague_supplier",
    ),
    path(_("tip-a-colleague/methods/<slug:slug>/"), ReferralView.as_view(kind="method"), name="tip_colleague_method"),
    path(_("tip-a-colleague/one-step-left/"), ReferralAskedView.as_view(), name="referral_asked"),
    path(_("tip-a-colleague/thank-you/"), ReferralSentView.as_view(), name="referral_sent"),
    # By signed link
    path(
        _("tip-a-colleague/confirmation/<str:token>/"),
        ReferralConfirmationView.as_view(),
        name="referral_confirmation",
    ),
    path(_("tip-a-colleague/no-more/<str:token>/"), NoMoreTipsView.as_view(), name="no_more_tips"),
    # For a listed company, by signed link
    path(_("my-listing/<str:token>/"), MyListingView.as_view(), name="renewal"),
    path(_("my-listing/<str:token>/change/"), ChangeProposalView.as_view(), name="change_proposal"),
    path(_("my-listing/<str:token>/change/withdrawal/"), ChangeWithdrawalView.as_view(), name="change_withdrawal"),
    path(_("my-listing/<str:token>/new-address/"), NewAddressMailView.as_view(), name="new_address_mail"),
    path(_("new-address/<str:token>/"), NewAddressView.as_view(), name="new_address"),
    # For the applicant, by signed link
    path(_("application/continued/<str:token>/"), ContinuationView.as_view(), name="continuation"),
    path(_("new-link/"), LinkRequestView.as_view(), name="link_request"),
    path(_("new-link/sent/"), LinkRequestedView.as_view(), name="link_requested"),
    path(_("my-application/<str:token>/"), StatusView.as_view(), name="status"),
    path(_("my-application/<str:token>/confirmation/"), ConfirmationView.as_view(), name="confirmation"),
    path(_("my-application/<str:token>/changes/"), MendingView.as_view(), name="mending"),
    path(_("my-application/<str:token>/pictures/<slug:slot>/"), PictureView.as_view(), name="picture"),
    path(_("my-application/<str:token>/withdrawal/"), WithdrawalView.as_view(), name="withdrawal"),
    path(_("my-application/<str:token>/data/"), ExportView.as_view(), name="export"),
    path(_("my-application/<str:token>/erasure/"), ErasureView.as_view(), name="erasure"),
    path(_("my-application/<str:token>/takedown-request/"), TakedownRequestView.as_view(), name="takedown_request"),
    # For coordinators
    path(_("applications/"), ApplicationsView.as_view(), name="applications"),
    path(_("applications/assignments/"), AssignmentsView.as_view(), name="assignments"),
    path(_("applications/spreadsheet/"), ApplicationsWorkbookView.as_view(), name="applications_workbook"),
    path(_("applications/<int:pk>/"), ApplicationView.as_view(), name="application"),
    path(_("applications/<int:pk>/notes/"), NotesView.as_view(), name="notes"),
    path(_("applications/<int:pk>/assignment/"), AssignmentView.as_view(), name="assignment"),
    path(_("applications/<int:pk>/review/"), ReviewView.as_view(), name="review"),
    path(_("applications/<int:pk>/complement/"), ComplementView.as_view(), name="complement"),
    path(_("applications/<int:pk>/recommendation/"), RecommendationView.as_view(), name="recommendation"),
    path(
        _("applications/<int:pk>/recommendation/withdrawal/"),
        RecommendationWithdrawalView.as_view(),
        name="recommendation_withdrawal",
    ),
    path(_("applications/<int:pk>/approval/"), ApprovalView.as_view(), name="approval"),
    path(_("applications/<int:pk>/rejection/"), RejectionView.as_view(), name="rejection"),
    path(_("suppliers/<slug:slug>/takedown/"), TakedownView.as_view(), name="takedown"),
    path(_("suppliers/<slug:slug>/listing/"), ListingView.as_view(), name="listing"),
    path(_("changes/"), ChangesView.as_view(), name="changes"),
    path(_("changes/<int:pk>/"), ChangeView.as_view(), name="change"),
    path(_("changes/<int:pk>/acceptance/"), AcceptanceView.as_view(), name="change_acceptance"),
    path(_("changes/<int:pk>/refusal/"), DeclineView.as_view(), name="change_refusal"),
    path(_("decision-letters/"), DecisionTemplatesView.as_view(), name="decision_templates"),
    path(
        _("decision-letters/<slug:outcome>/<slug:language>/"), DecisionTemplateView.as_view(), name="decision_template"
    ),
    path(
        _("decision-letters/<slug:outcome>/<slug:language>/original/"),
        OriginalView.as_view(),
        name="original_template",
    ),
    path(_("tips-to-colleagues/"), ReferralsView.as_view(), name="referrals"),
    path(_("tips-to-colleagues/pause/"), ReferralPauseView.as_view(), name="referral_pause"),
    path(_("tips-to-colleagues/resumption/"), ReferralResumptionView.as_view(), name="referral_resumption"),
    path(_("tips/"), TipsView.as_view(), name="tips"),
    path(_("tips/<int:pk>/"), TipView.as_view(), name="tip"),
    path(_("tips/<int:pk>/handling/"), HandlingView.as_view(), name="handling"),
    path(_("tips/<int:pk>/reopening/"), ReopeningView.as_view(), name="reopening"),
]
