-- Who may do what in a space, in one place. Queries join these functions, and the planner puts their text in their stead: so they
-- are plain SQL, and their arguments reach the statement through sub-selects, which it cannot look into. Otherwise it would find
-- that a moderator's plan is cheaper than everybody's, and plan anew at every call.

-- The entitlements of a member that count at a moment.
CREATE FUNCTION held_entitlements(of_community uuid, for_member uuid, at_time timestamptz)
RETURNS SETOF entitlements LANGUAGE sql STABLE AS $$
  SELECT e.* FROM entitlements e
  WHERE e.community_id = of_community AND e.member_id = (SELECT for_member) AND e.revoked_at IS NULL
    AND e.starts_at <= (SELECT at_time) AND (e.ends_at IS NULL OR e.ends_at > (SELECT at_time))
$$;--> statement-breakpoint
-- The spaces that a member may look into at a moment. `everywhere` is what their role lets them do in all spaces, whatever those ask
-- of members: 'nothing', 'read' or 'moderate'.
CREATE FUNCTION readable_spaces(of_community uuid, for_member uuid, everywhere text, at_time timestamptz)
RETURNS SETOF spaces LANGUAGE sql STABLE AS $$
  SELECT s.* FROM spaces s
  WHERE s.community_id = of_community AND (
    (SELECT everywhere) <> 'nothing'
    OR (
      s.read_access <> 'staff'
      AND (s.read_experience_min IS NULL OR s.read_experience_min <= coalesce((
        SELECT b.experience FROM point_balances b WHERE b.community_id = of_community AND b.member_id = (SELECT for_member)
      ), 0))
      AND (s.read_access = 'everyone' OR EXISTS (
        SELECT FROM held_entitlements(of_community, for_member, at_time) e
        WHERE e.product = s.product AND (s.cohort IS NULL OR e.cohort = s.cohort)
      ))
    )
    OR EXISTS (
      SELECT FROM space_moderators m
      WHERE m.community_id = of_community AND m.space_id = s.id AND m.member_id = (SELECT for_member)
    )
  )
$$;--> statement-breakpoint
-- What a member may do in one space at a moment: look into it, post there, moderate it.
CREATE FUNCTION space_access(of_community uuid, for_member uuid, everywhere text, at_time timestamptz, of_space uuid)
RETURNS TABLE (reads boolean, posts boolean, moderates boolean) LANGUAGE sql STABLE AS $$
  SELECT read.allowed,
    read.allowed AND s.archived_at IS NULL AND (
      moderate.allowed
      OR (
        (s.post_experience_min IS NULL OR s.post_experience_min <= coalesce((
          SELECT b.experience FROM point_balances b WHERE b.community_id = of_community AND b.member_id = for_member
        ), 0))
        AND (s.post_access = 'readers' OR (s.post_access = 'entitled' AND EXISTS (
          SELECT FROM held_entitlements(of_community, for_member, at_time) e
          WHERE e.product = s.product AND (s.cohort IS NULL OR e.cohort = s.cohort)
        )))
      )
    ),
    moderate.allowed
  FROM spaces s
  CROSS JOIN LATERAL (
    SELECT (SELECT everywhere) = 'moderate' OR EXISTS (
      SELECT FROM space_moderators m
      WHERE m.community_id = of_community AND m.space_id = s.id AND m.member_id = (SELECT for_member)
    ) AS allowed
  ) moderate
  CROSS JOIN LATERAL (
    SELECT EXISTS (
      SELECT FROM readable_spaces(of_community, for_member, everywhere, at_time) r WHERE r.id = s.id
    ) AS allowed
  ) read
  WHERE s.community_id = of_community AND s.id = of_space
$$;
