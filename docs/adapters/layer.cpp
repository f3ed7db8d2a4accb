// A C++ layer under audit: one file, no dependency.
//
//     g++ -std=c++17 -O2 layer.cpp -o layer
//     pnp-oracle audit --exec ./layer --method metrics --want te,add
//
// `answer` is yours: it gets every input array with its shape, and returns arrays to answer with. The
// reader below reads what pnp-oracle writes: one JSON object a line, whose arrays hold decimal numbers.
#include <cmath>
#include <cstdio>
#include <iostream>
#include <map>
#include <string>
#include <vector>

struct Array {
  std::vector<size_t> shape;
  std::vector<double> data;
};
using Arrays = std::map<std::string, Array>;

// te = |t_est - t_gt| and add = the mean distance of the points, for each problem.
static Arrays answer(const Arrays& input) {
  const Array &R1 = input.at("R_est"), &t1 = input.at("t_est"), &R2 = input.at("R_gt");
  const Array &t2 = input.at("t_gt"), &points = input.at("points");
  const size_t batch = t1.shape[0], count = points.shape[points.shape.size() - 2];
  Array te{{batch}, {}}, add{{batch}, {}};
  for (size_t b = 0; b < batch; b++) {
    double shift[3], sum = 0;
    for (int k = 0; k < 3; k++) shift[k] = t1.data[3 * b + k] - t2.data[3 * b + k];
    te.data.push_back(std::hypot(shift[0], shift[1], shift[2]));
    // Points that all problems share come without a leading axis.
    const double* point = &points.data[points.shape.size() == 3 ? 3 * count * b : 0];
    for (size_t i = 0; i < count; i++, point += 3) {
      double gap[3];
      for (int r = 0; r < 3; r++) {
        gap[r] = shift[r];
        for (int k = 0; k < 3; k++)
          gap[r] += (R1.data[9 * b + 3 * r + k] - R2.data[9 * b + 3 * r + k]) * point[k];
      }
      sum += std::hypot(gap[0], gap[1], gap[2]);
    }
    add.data.push_back(sum / count);
  }
  return {{"te", te}, {"add", add}};
}

// A nested list at `at`, which moves behind it.
static void readList(const std::string& text, size_t& at, Array& array, size_t depth) {
  while (text[at] == ' ') at++;
  if (text[at] != '[') {
    char* end;
    array.data.push_back(std::strtod(&text[at], &end));
    at = end - text.data();
    return;
  }
  size_t length = 0;
  if (array.shape.size() == depth) array.shape.push_back(0);
  for (at++; text[at] != ']'; length++) {
    readList(text, at, array, depth + 1);
    while (text[at] == ' ' || text[at] == ',') at++;
  }
  at++;
  array.shape[depth] = length;
}

static Arrays readInput(const std::string& line) {
  Arrays input;
  size_t at = line.find('{', line.find("\"input\"")) + 1;
  for (; at < line.size() && line[at] != '}';) {
    if (line[at] != '"') {
      at++;
      continue;
    }
    const size_t end = line.find('"', at + 1);
    const std::string name = line.substr(at + 1, end - at - 1);
    at = line.find(':', end) + 1;
    readList(line, at, input[name], 0);
  }
  return input;
}

static void writeList(const Array& array, size_t& next, size_t depth) {
  if (depth == array.shape.size()) {
    const double value = array.data[next++];
    // 17 digits read back as the same double.
    if (std::isfinite(value)) std::printf("%.17g", value);
    else std::printf(std::isnan(value) ? "\"NaN\"" : value > 0 ? "\"Infinity\"" : "\"-Infinity\"");
    return;
  }
  std::printf("[");
  for (size_t k = 0; k < array.shape[depth]; k++) {
    if (k > 0) std::printf(",");
    writeList(array, next, depth + 1);
  }
  std::printf("]");
}

int main() {
  for (std::string line; std::getline(std::cin, line);) {
    const long id = std::strtol(&line[line.find(':', line.find("\"id\"")) + 1], nullptr, 10);
    const std::string want = line.substr(line.rfind("\"want\""));
    std::printf("{\"id\": %ld, \"claim\": {", id);
    const char* comma = "";
    for (const auto& [name, array] : answer(readInput(line))) {
      if (want.find('"' + name + '"') == std::string::npos) continue;
      size_t next = 0;
      std::printf("%s\"%s\": ", comma, name.c_str());
      writeList(array, next, 0);
      comma = ", ";
    }
    std::printf("}}\n");
    std::fflush(stdout);
  }
}
