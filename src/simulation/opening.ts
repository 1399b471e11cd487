import { HOUR_MS } from "../kernel/instant.ts";
import { COURSES, type Course, TOPIC_SPACES } from "./course-catalogue.ts";
import type { Staff } from "./population.ts";
import type { CourseRecord, SimulationRecord } from "./records.ts";
import { hasQuiz } from "./studying.ts";

/** The community as it opens: spaces, staff, courses. */
export function* openCommunity(staff: Staff, startMs: number): Generator<SimulationRecord> {
  const createdAt = new Date(startMs - HOUR_MS);
  const name = "Rekindle 学院 · Academy";
  yield { type: "community", key: "academy", name, locale: "zh-CN", timeZone: "Asia/Shanghai", createdAt };
  for (const [key, spaceName] of Object.entries(TOPIC_SPACES)) {
    yield { type: "space", key, name: spaceName, kind: "topic", createdAt };
  }
  for (const course of COURSES) yield { type: "space", key: course.key, name: course.title, kind: "course", createdAt };
  for (const person of [staff.operator, ...staff.moderators, ...staff.instructors]) yield person.record;
  for (const [index, course] of COURSES.entries()) yield courseRecord(course, staff.instructors[index]!.record.key);
}

function courseRecord(course: Course, instructorKey: string): CourseRecord {
  const { key, title, locale, priceMinor, currency } = course;
  const lessons = course.lessons.map(([lessonTitle, minutes], index) => ({
    key: `${key}/${index + 1}`,
    title: lessonTitle,
    minutes,
    hasQuiz: hasQuiz(index),
  }));
  return { type: "course", key, title, locale, instructorKey, priceMinor, currency, lessons };
}
