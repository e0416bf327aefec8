import math


class Square:
    name = "square"

    def __init__(self, side):
        self.side = side

    def area(self):
        return self.side**2


class Circle:
    name = "circle"

    def __init__(self, radius):
        self.radius = radius

    def area(self):
        return math.pi * self.radius**2
