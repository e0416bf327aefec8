# testudo run examples/project: a folder is started by its main.py.
import shapes

for shape in (shapes.Square(3), shapes.Circle(1)):
    print(f"{shape.name:6} {shape.area():6.2f}")
