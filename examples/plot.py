# testudo run --out '*.svg' examples/plot.py: brings back what it drew.
import math

points = " ".join(f"{x},{50 - 40 * math.sin(x / 20):.1f}" for x in range(0, 401, 4))
with open("sine.svg", "w", encoding="ascii") as file:
    file.write(
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 400 100">'
        f'<polyline points="{points}" fill="none" stroke="teal" stroke-width="2"/></svg>\n'
    )
print("drawn")
