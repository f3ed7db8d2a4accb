/** A scene of nuScenes in miniature: two scenes, three samples, a car, a bicycle in a rack, an animal. */
export const tables = () => {
  const translation = (x: number) => [x, 0, 1];
  const boxes = { size: [2, 4, 1.5], rotation: [1, 0, 0, 0], num_lidar_pts: 3, num_radar_pts: 1 };
  const annotation = (token: string, sample: string, instance: string, x: number, part = {}) => ({
    ...{ token, sample_token: sample, instance_token: instance, translation: translation(x) },
    ...{ ...boxes, attribute_tokens: [] as string[], prev: "", next: "", ...part },
  });
  return {
    scene: [
      { token: "c1", name: "scene-1" },
      { token: "c2", name: "scene-2" },
    ],
    sample: [
      { token: "s1", scene_token: "c1", timestamp: 1_532_402_927_647_951 },
      { token: "s2", scene_token: "c1", timestamp: 1_532_402_928_147_951 },
      { token: "s3", scene_token: "c2", timestamp: 1_532_402_930_000_000 },
    ],
    sensor: [
      { token: "l", channel: "LIDAR_TOP" },
      { token: "f", channel: "CAM_FRONT" },
    ],
    calibrated_sensor: [
      { token: "cl", sensor_token: "l" },
      { token: "cf", sensor_token: "f" },
    ],
    sample_data: ["s1", "s2", "s3"].flatMap((sample, i) => [
      frame(sample, "cf", true, "wrong"),
      frame(sample, "cl", false, "wrong"),
      frame(sample, "cl", true, `e${i + 1}`),
    ]),
    ego_pose: [
      { token: "wrong", translation: [1000, 0, 0] },
      ...[1, 2, 3].map((i) => ({ token: `e${i}`, translation: [i, 0, 0] })),
    ],
    category: [
      { token: "k1", name: "vehicle.car" },
      { token: "k2", name: "vehicle.bicycle" },
      { token: "k3", name: "static_object.bicycle_rack" },
      { token: "k4", name: "animal" },
    ],
    instance: [1, 2, 3, 4].map((k) => ({ token: `i${k}`, category_token: `k${k}` })),
    attribute: [{ token: "a1", name: "vehicle.moving" }],
    sample_annotation: [
      annotation("n1", "s1", "i1", 10, { next: "n2", attribute_tokens: ["a1"] }),
      annotation("n2", "s2", "i1", 11, { prev: "n1", num_lidar_pts: 0, num_radar_pts: 0 }),
      annotation("n3", "s2", "i2", 20),
      annotation("n4", "s2", "i3", 20.5),
      annotation("n5", "s2", "i4", 5),
      annotation("n6", "s3", "i1", 52.9),
      annotation("n7", "s3", "i1", 53),
    ],
  };
};

const frame = (sample: string, sensor: string, key: boolean, pose: string) => ({
  ...{ token: `${sample}${sensor}${key}`, sample_token: sample, is_key_frame: key },
  ...{ calibrated_sensor_token: sensor, ego_pose_token: pose },
});
