-- A draw writes some hundred thousand assignments; what guards the re-marking of appeals is asked for the rounds of appeals alone.
DROP TRIGGER appeal_assignment_guard ON khoacu.marking_assignment;
CREATE TRIGGER appeal_assignment_guard BEFORE INSERT OR UPDATE ON khoacu.marking_assignment
  FOR EACH ROW WHEN (NEW.marking_round BETWEEN 6 AND 8) EXECUTE FUNCTION khoacu.appeal_assignment_guard();
