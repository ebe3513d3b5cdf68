"""Why the catalogue refuses."""

from hospes.platform.errors import Conflict, Forbidden, Gone, Invalid, NotFound, TooMany
from hospes.platform.errors import VersionChanged as VersionChanged


class BusinessNotFound(NotFound):
    code = "business_not_found"
    title = "There is no such business"


class NotYourPart(Forbidden):
    code = "not_your_part"
    title = "Your part in this business does not include this"


def not_your_part(permission: str) -> NotYourPart:
    """The refusal of a member; `permission` finishes its sentence."""
    return NotYourPart(f"Your part in this business does not include {permission}. Ask its owner.")


class PropertyNotFound(NotFound):
    code = "property_not_found"
    title = "There is no such property"


class ResourceNotFound(NotFound):
    code = "resource_not_found"
    title = "There is no such listing"


class UnitNotFound(NotFound):
    code = "unit_not_found"
    title = "There is no such unit"


class MediaNotFound(NotFound):
    code = "media_not_found"
    title = "There is no such picture"


class BusinessExists(Conflict):
    code = "business_exists"
    title = "You already have a business"


class UnitNameTaken(Conflict):
    code = "unit_name_taken"
    title = "Another unit has this name"


class WrongStatus(Conflict):
    code = "wrong_status"
    title = "This cannot be done in its present state"


class DraftInvalid(Invalid):
    code = "listing_invalid"
    title = "Some of this cannot be right"


class NotReady(Invalid):
    code = "listing_incomplete"
    title = "The listing is not ready to be submitted"


class PictureRefused(Invalid):
    code = "picture_refused"
    title = "This picture cannot be used"


class UnitInUse(Conflict):
    code = "unit_in_use"
    title = "What is sold would no longer have a place"


class ZoneInUse(Conflict):
    code = "zone_in_use"
    title = "The time zone cannot change while it is booked"


class MemberNotFound(NotFound):
    code = "member_not_found"
    title = "They do not work here"


class InvitationNotFound(NotFound):
    code = "invitation_not_found"
    title = "There is no such invitation"


class InvitationOver(Gone):
    code = "invitation_over"
    title = "This invitation is no longer good"


class InvitationForAnother(Forbidden):
    code = "invitation_for_another"
    title = "This invitation is for another address"


class AlreadyMember(Conflict):
    code = "already_member"
    title = "They work here already"


class AlreadyInvited(Conflict):
    code = "already_invited"
    title = "There is an open invitation to this address"


class InvitedRecently(TooMany):
    code = "invited_recently"
    title = "Enough invitations for now"


class OwnerStays(Conflict):
    code = "owner_stays"
    title = "A business needs its owner"


class CannotOwn(Conflict):
    code = "cannot_own"
    title = "They cannot become its owner"
