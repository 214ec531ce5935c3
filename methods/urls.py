from django.urls import path
from django.utils.translation import gettext_lazy as _

from methods.views import claims, evidence, listing, method, phase, publication, review, revision, section, submission

app_name = "methods"
urlpatterns = [
    path("", listing.MethodList.as_view(), name="list"),
    path(_("new/"), method.MethodNew.as_view(), name="new"),
    path(_("reports/<int:pk>/"), revision.RevisionDesk.as_view(), name="revision"),
    path(_("reports/<int:pk>/preview/"), revision.RevisionPreview.as_view(), name="preview"),
    path(_("reports/<int:pk>/sections/<slug:section>/"), section.SectionEdit.as_view(), name="section"),
    path(_("reports/<int:pk>/results/new/"), claims.ClaimNew.as_view(), name="claim_new"),
    path(_("reports/<int:pk>/results/<int:claim_pk>/"), claims.ClaimEdit.as_view(), name="claim"),
    path(_("reports/<int:pk>/results/<int:claim_pk>/removal/"), claims.ClaimRemoval.as_view(), name="claim_removal"),
    path(_("reports/<int:pk>/submission/"), submission.SubmissionPage.as_view(), name="submission"),
    path(_("reports/<int:pk>/submission/taken-back/"), submission.TakingBack.as_view(), name="taking_back"),
    path(_("reports/<int:pk>/review/"), review.ReviewPage.as_view(), name="review"),
    path(_("reports/<int:pk>/publication/"), publication.Publication.as_view(), name="publication"),
    path(_("reports/<int:pk>/withdrawal/"), publication.Withdrawal.as_view(), name="withdrawal"),
    path("<slug:slug>/", method.MethodDetail.as_view(), name="detail"),
    path(_("<slug:slug>/versions/"), method.Successor.as_view(), name="successor"),
    path(_("<slug:slug>/versions/<int:number>/"), method.MethodVersion.as_view(), name="version"),
    path(_("<slug:slug>/phase/"), phase.PhaseChange.as_view(), name="phase"),
    path(_("<slug:slug>/evidence/"), evidence.EvidenceSigning.as_view(), name="evidence"),
]
